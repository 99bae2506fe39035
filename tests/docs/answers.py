"""Whether what came is what a page shows: the members that matter, with ids and instants of its own."""

import json
import re
from typing import Any

from tests.docs.blocks import Block

IDS = ("id", "interaction", "party", "parent", "session", "workbin")  # where they are numbers
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def difference(shown: Block, came: str) -> str | None:
    if shown.language != "json":
        expected, got = (text_lines(text) for text in (shown.text, came))
        return None if got == expected else f"it shows {expected}, and there came {got}"
    try:
        return compare(json.loads(shown.text), json.loads(came))
    except ValueError:
        return f"there came no JSON: {came[:500]}"


def text_lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def compare(shown: Any, came: Any, path: str = "") -> str | None:
    """Objects may have more members than are shown; lists have as many."""
    if isinstance(shown, dict) and isinstance(came, dict):
        return next(filter(None, (compare_member(shown, came, path, name) for name in shown)), None)
    if isinstance(shown, list) and isinstance(came, list) and len(shown) == len(came):
        pairs = enumerate(zip(shown, came, strict=True))
        return next(
            filter(None, (compare(one, other, f"{path}[{number}]") for number, (one, other) in pairs)), None
        )
    if shown == came or (is_instant(shown) and is_instant(came)):
        return None
    return f"{path} is shown as {shown!r}, and there came {came!r}"


def compare_member(shown: dict[str, Any], came: dict[str, Any], path: str, name: str) -> str | None:
    if name not in came:
        return f"{path}.{name} is shown, and did not come: {came}"
    if name in IDS and type(shown[name]) is type(came[name]) is int:
        return None
    return compare(shown[name], came[name], f"{path}.{name}")


def is_instant(value: Any) -> bool:
    return isinstance(value, str) and bool(INSTANT.fullmatch(value))
