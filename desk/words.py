"""All texts of the desk: a file per language in words/, one text per line, `{name}` for what is filled in.

What is counted has a text per plural form, by the names of Intl.PluralRules. A file more is a language more.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

HERE = Path(__file__).parent / "words"
FIRST = "en"  # the language of the others' gaps


def languages() -> list[str]:
    return sorted(file.stem for file in HERE.glob("*.json"))


@cache
def words(language: str) -> dict[str, Any]:
    own: dict[str, Any] = json.loads((HERE / f"{language}.json").read_text(encoding="utf-8"))
    return own if language == FIRST else words(FIRST) | own


def language_for(request: HttpRequest) -> str:
    """The first of the browser's that there is."""
    known = languages()
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500]):
        for name in (wanted, wanted.partition("-")[0]):
            if name in known:
                return name
    return FIRST
