"""Cursors: places in a list, opaque to clients."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from interactions.api.fields import QueryInput, QueryIntegerField, StringField
from interactions.errors import Invalid
from interactions.sql import BIGGEST_ID


def encode(*numbers: int) -> str:
    text = ".".join(map(str, numbers))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, field: str, width: int = 1) -> tuple[int, ...]:
    """Errors: Invalid, for what this server did not give out."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        numbers = tuple(
            map(int, base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("."))
        )
    except (binascii.Error, ValueError):
        numbers = ()
    if len(numbers) != width or any(abs(number) > BIGGEST_ID for number in numbers):
        raise Invalid(errors={field: ["This is not a cursor of this server."]})
    return numbers


class CursorField(StringField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)


class PageQuery(QueryInput):
    cursor = CursorField(required=False)
    limit = QueryIntegerField(min_value=1, max_value=200, default=50)


def page(
    fetch: Callable[[tuple[int, ...] | None, bool, int], list[Any]],
    key: Callable[[Any], tuple[int, ...]],
    query: dict[str, Any],
    width: int,
) -> tuple[list[Any], dict[str, str | None]]:
    """One page and the cursors of its neighbours.

    `fetch(position, backwards, count)` gives rows after a position (before it, nearest first, when
    backwards); a cursor is a position and its direction.
    """
    position, backwards = None, False
    if cursor := query.get("cursor"):
        *numbers, direction = decode(cursor, "cursor", width + 1)
        position, backwards = tuple(numbers), direction == 1
    rows = fetch(position, backwards, query["limit"] + 1)
    has_more, rows = len(rows) > query["limit"], rows[: query["limit"]]
    if backwards:
        rows.reverse()
    has_next = has_more if not backwards else position is not None
    has_previous = has_more if backwards else position is not None
    return rows, {
        "next": encode(*key(rows[-1]), 0) if rows and has_next else None,
        "previous": encode(*key(rows[0]), 1) if rows and has_previous else None,
    }
