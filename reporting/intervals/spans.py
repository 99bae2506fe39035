"""Quarters of an hour, hours and days, of UTC. Hours and days are sums of their quarters."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from reporting.models import Interval

QUARTER, HOUR, DAY = 900, 3_600, 86_400  # seconds
LENGTHS = (QUARTER, HOUR, DAY)


def begin_of(at: datetime, seconds: int) -> datetime:
    """When the span of that length begins into which `at` falls."""
    whole = int(at.timestamp())
    return datetime.fromtimestamp(whole - whole % seconds, UTC)


def sums_of(quarters: Iterable[Interval]) -> list[Interval]:
    """The quarters themselves, and the hours and days that they are parts of."""
    found: dict[tuple[str, str, int, datetime], Interval] = {}
    for quarter in quarters:
        for seconds in LENGTHS:
            starts_at = begin_of(quarter.starts_at, seconds)
            of = (quarter.kind, quarter.key, seconds, starts_at)
            row = found.get(of)
            if row is None:
                row = Interval(kind=quarter.kind, key=quarter.key, seconds=seconds, starts_at=starts_at)
                found[of] = row
            row.add(quarter)
            _extend_areas(row, quarter)
    return list(found.values())


def _extend_areas(row: Interval, quarter: Interval) -> None:
    """A quarter's changes of level last beyond its end, to the end of the longer span."""
    rest = (row.ends_at - quarter.ends_at) // timedelta(milliseconds=1)
    row.held_area_ms += quarter.held_change * rest
    row.logged_in_area_ms += quarter.logged_in_change * rest
