"""The page before anybody sits down: what it weighs, in which language, and that all its words are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from desk.views import PARTS, SHARED
from desk.words import FIRST, languages, words
from interactions.api.schema import CODES

ENOUGH = 150_000  # bytes, with no compression at all
TEMPLATES = PARTS.parents[1] / "templates" / "desk"
LINKED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


def test_its_first_load_is_light() -> None:
    page = Client().get("/desk/").content
    parts = {link for link in LINKED.findall(page.decode())}
    assert len(parts) > 20
    answers = [Client().get(part) for part in parts]
    assert {answer.status_code for answer in answers} == {200}
    assert len(page) + sum(len(b"".join(answer)) for answer in answers) < ENOUGH


def test_nobody_needs_a_cookie() -> None:
    answer = Client().get("/desk/")
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("wanted", ["", "en-GB,en;q=0.5", "tlh", "*", "\0", "en" * 400])
def test_it_speaks_a_language_it_has(wanted: str) -> None:
    page = Client().get("/desk/", headers={"Accept-Language": wanted}).content.decode()
    assert f'<html lang="{FIRST}">' in page


def asked_for() -> Iterator[str]:
    """The keys that scripts and templates name outright; others are made of parts."""
    for script in PARTS.glob("*.js"):
        yield from re.findall(r'\bt\("([^"]+)"', script.read_text())
    for template in TEMPLATES.glob("*.html"):
        yield from re.findall(r'{% say "([^"]+)" %}', template.read_text())


def test_every_word_is_there() -> None:
    known = words(FIRST)
    assert [key for key in asked_for() if key not in known] == []


def test_no_word_is_left_over() -> None:
    source = "".join(file.read_text() for file in [*PARTS.glob("*.js"), *TEMPLATES.glob("*.html")])
    made = ("gone.", "key.", "keys.", "login.", "out.", "problem.", "property.", "pull.", "wait.")
    assert [key for key in words(FIRST) if f'"{key}"' not in source and not key.startswith(made)] == []


# The end of a hold has its own words, `gone.`; the log-in as well. The others are of what a desk never asks.
TOLD_OTHERWISE = {"not_authenticated", "not_held", "stale_party", "stopped", "invalid"}
NEVER_MET = {
    *("cursor_expired", "external_id_taken", "idempotency_mismatch", "not_subscribed", "too_slow"),
    *("method_not_allowed", "not_acceptable", "unsupported_media_type"),
}


def test_every_refusal_has_words() -> None:
    missing = {code for code in CODES if f"problem.{code}" not in words(FIRST)}
    assert missing == TOLD_OTHERWISE | NEVER_MET


@pytest.mark.parametrize("language", languages())
def test_translations_have_no_words_of_their_own(language: str) -> None:
    assert set(words(language)) == set(words(FIRST))


def test_text_is_only_ever_text() -> None:
    markup = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\.style\b")
    files = [*PARTS.glob("*.js"), *(Path(str(finders.find(part))) for part in SHARED)]
    assert [file.name for file in files if markup.search(file.read_text())] == []
