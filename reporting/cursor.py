"""Reads the event log in order, without missing an event (see interactions.horizon)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from interactions.horizon import Horizon
from reporting import borders
from reporting.rows import Row, rows

horizon = Horizon("reporting_event")
TOPIC = "log:0"  # every command writes to the log, so no news is made of it


def read(
    after: int,
    limit: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    **equals: Any,
) -> tuple[list[Row], int]:
    """Events after a cursor that match, and the cursor to go on from."""
    upto = horizon.final()
    # The times are conditions as well: they name the months, and at a border ids alone are not enough.
    conditions = [f"{name} = %({name})s" for name in equals]
    first, last = after + 1, upto
    if since is not None:
        conditions.append("at >= %(since)s")
        first = borders.first_since(since, first)
    if until is not None:
        conditions.append("at < %(until)s")
        last = borders.last_before(until, last)
    given = {**equals, "since": since, "until": until}
    found = rows(conditions, given, first, last, limit)
    return found, found[-1].id if len(found) == limit else max(after, upto)


def has_more(read: Mapping[int, int]) -> list[int]:
    """Whether events were written after the last one read, as a topic's probe (see interactions.waking)."""
    return [log for log, event in read.items() if horizon.newest() > event]
