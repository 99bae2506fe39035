"""The event log as a stream of lines: JSON Lines, or CSV."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from interactions.instants import instant
from reporting import cursor
from reporting.api.events import render_event
from reporting.rows import Row

PAGE = 5000  # events in memory, and in one statement

Write = Callable[[list[Row]], bytes]


def pages(after: int, **filters: Any) -> Iterator[tuple[list[Row], int]]:
    """What there is at present beyond a cursor, and with each page the cursor to go on from."""
    while True:
        found, after = cursor.read(after, PAGE, **filters)
        yield found, after
        if len(found) < PAGE:
            return


def json_lines(events: list[Row]) -> bytes:
    return b"".join(orjson.dumps(render_event(event), option=orjson.OPT_APPEND_NEWLINE) for event in events)


COLUMNS = (*Row._fields[:-2], "actor_kind", "actor_name", "attributes")


def csv_lines(events: list[Row]) -> bytes:
    """`attributes` is JSON in one column; null is an empty one."""
    text = io.StringIO()
    csv.writer(text).writerows(
        (
            *(event.id, event.event, instant(event.at), *event[3:-2]),
            *(event.actor["kind"], event.actor["name"], orjson.dumps(event.attributes).decode()),
        )
        for event in events
    )
    return text.getvalue().encode()


def csv_head() -> bytes:
    return (",".join(COLUMNS) + "\r\n").encode()


HEADS: dict[str, Callable[[], bytes]] = {"jsonl": bytes, "csv": csv_head}
FORMATS: dict[str, Write] = {"jsonl": json_lines, "csv": csv_lines}
