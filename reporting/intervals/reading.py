"""Rows between two instants, by quarter, hour or day, with the levels at their ends."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Sum

from interactions.statements.locks import read_now
from reporting.cursor import horizon
from reporting.intervals import projector
from reporting.intervals.spans import DAY, LENGTHS, QUARTER, begin_of
from reporting.models import Figures, Interval, Projection, Total

MILLISECOND = timedelta(milliseconds=1)
CHANGES = ("waiting_change", "held_change", "logged_in_change")


class Levels(NamedTuple):
    waiting: int = 0
    held: int = 0
    logged_in: int = 0

    def after(self, figures: Figures) -> "Levels":
        return self.moved(*(getattr(figures, name) for name in CHANGES))

    def moved(self, waiting: int, held: int, logged_in: int) -> "Levels":
        return Levels(self.waiting + waiting, self.held + held, self.logged_in + logged_in)

    def __bool__(self) -> bool:
        return any(self)


@dataclass(frozen=True, slots=True)
class Span:
    """What happened to one queue, workbin or agent within a span of time."""

    key: str
    starts_at: datetime
    seconds: int
    figures: Interval
    at_end: Levels
    held_seconds: float  # the sum over all holds, also over those that go on
    logged_in_seconds: float


def spans(
    kind: str, since: datetime, until: datetime, seconds: int, keys: Collection[str] | None = None
) -> list[Span]:
    """In order of time and then key: each span from the one that `since` is in to before `until` or now, for
    all keys to which anything happened, or which had anything at the begin. To be called in a snapshot."""
    assert seconds in LENGTHS
    projection, now = projector.live(), read_now()
    since = begin_of(since, seconds)
    starts = _starts(since, min(until, now), seconds)
    of_kind = Interval.objects.about(projection, kind, keys)
    rows = {(row.starts_at, row.key): row for row in of_kind.between(since, until, seconds)}
    levels = levels_at(projection, kind, since, keys)
    shown = sorted({key for _, key in rows} | {key for key, level in levels.items() if level}, key=_by_number)
    found = []
    for starts_at in starts:
        for key in shown:
            row = rows.get((starts_at, key)) or Interval(
                kind=kind, key=key, seconds=seconds, starts_at=starts_at
            )
            before = levels.get(key, Levels())
            levels[key] = after = before.after(row)
            found.append(_span(row, before, after, now))
    return found


def _starts(since: datetime, until: datetime, seconds: int) -> list[datetime]:
    found = []
    while since < until:
        found.append(since)
        since += timedelta(seconds=seconds)
    return found


def _by_number(key: str) -> tuple[int, str]:
    """Workbins' ids in their order, names in theirs."""
    return (len(key), key) if key.isdecimal() else (0, key)


def _span(row: Interval, before: Levels, after: Levels, now: datetime) -> Span:
    """Areas are counted to the span's end: what of it is still to come is taken off."""
    length = row.seconds * 1000
    rest = max(0, (row.ends_at - now) // MILLISECOND)
    held = before.held * length + row.held_area_ms - after.held * rest
    logged_in = before.logged_in * length + row.logged_in_area_ms - after.logged_in * rest
    return Span(
        row.key, row.starts_at, row.seconds, row, after, max(0, held) / 1000, max(0, logged_in) / 1000
    )


def levels_at(
    projection: Projection, kind: str, at: datetime, keys: Collection[str] | None = None
) -> dict[str, Levels]:
    """The levels when a quarter began: the present ones without what changed since."""
    totals = Total.objects.about(projection, kind, keys).values_list("key", *CHANGES)
    levels = {key: Levels(*changes) for key, *changes in totals}
    midnight = begin_of(at + timedelta(seconds=DAY) - MILLISECOND, DAY)
    later = Interval.objects.about(projection, kind, keys)
    for rows in (later.between(at, midnight, QUARTER), later.between(midnight, None, DAY)):
        for key, *changes in rows.values_list("key").annotate(*map(Sum, CHANGES)):
            if key in levels:
                levels[key] = levels[key].moved(*(-change for change in changes))
    return levels


def sums(
    kind: str, since: datetime, until: datetime, keys: Collection[str] | None = None
) -> dict[str, Figures]:
    """What happened in the quarters from the one that `since` is in to before `until`, by key."""
    found: defaultdict[str, Figures] = defaultdict(Total)
    rows = Interval.objects.about(projector.live(), kind, keys)
    for row in rows.between(begin_of(since, QUARTER), until, QUARTER):
        found[row.key].add(row)
    return dict(found)


def counted_until() -> datetime | None:
    """What happened later is not in the rows. None when nothing is in them."""
    projection = projector.live()
    return read_now() if projection.event >= horizon.newest() else projection.at
