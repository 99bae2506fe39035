"""How long the log and what was stopped are kept.

An interaction's events go all together, once it has been stopped for longer than the age, and a session's
once it has ended: so what is left replays from its beginning, and whatever is open keeps its history. The
rows of stopped interactions go by an age of their own. `Purge` has the bounds, written before anything is
deleted: wherever a purge is interrupted, what may be missing is known, and the next one finishes the work.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from interactions import housekeeping
from interactions.errors import Unavailable
from interactions.sql import fetch_value
from interactions.statements.locks import read_now
from reporting import forgetting
from reporting.cursor import horizon
from reporting.intervals import projector
from reporting.intervals.reading import counted_until
from reporting.intervals.spans import QUARTER, begin_of
from reporting.locks import alone
from reporting.models import Purge
from reporting.partitions import Month

Progress = Callable[[str, int, int | None], None]  # what goes, how many went, of how many


@dataclass(frozen=True, slots=True)
class Ages:
    """None: for ever."""

    interactions: timedelta | None = None
    events: timedelta | None = None

    @classmethod
    def of_settings(cls) -> "Ages":
        return cls(settings.INTERACTIONS_KEPT, settings.EVENTS_KEPT)

    def __bool__(self) -> bool:
        return self.interactions is not None or self.events is not None


@dataclass(slots=True)
class Stock:
    """What would go of a month of the log."""

    month: Month
    events: int
    going: int

    def goes_whole(self, before: datetime) -> bool:
        return self.going == self.events and forgetting.may_be_dropped(self.month, before)


def bound() -> datetime | None:
    """All events since then are there. Before it, those of stopped interactions may be gone."""
    return Purge.objects.aggregate(found=Max("events_before"))["found"]


def bound_of_rows() -> datetime | None:
    """All interactions that were stopped since then are there."""
    return Purge.objects.aggregate(found=Max("interactions_before"))["found"]


def purge(ages: Ages, progress: Progress = lambda what, gone, total: None) -> Purge:
    """Errors: AlreadyRunning; Unavailable, if events would go that are not in the intervals yet."""
    with alone("purge"):
        promise = promised(ages)
        if promise.events_before:
            _count_first(promise.events_before)
        promise.save()
        if promise.interactions_before:
            _purge_interactions(promise.interactions_before, progress)
        if promise.events_before:
            _purge_events(promise.events_before, progress)
        return promise


def _count_first(before: datetime) -> None:
    """What goes must be in the intervals, which stay."""
    projector.catch_up()
    counted = counted_until()
    if horizon.newest() and (counted is None or counted < before):
        raise Unavailable("Not all that would go is counted in the intervals yet.", retry_after=60)


def promised(ages: Ages) -> Purge:
    """The bounds that a purge would have, by the database's clock."""
    now = read_now()
    return Purge(
        interactions_before=_aligned(now, ages.interactions), events_before=_aligned(now, ages.events)
    )


def _aligned(now: datetime, age: timedelta | None) -> datetime | None:
    """Bounds are the beginnings of interval rows."""
    return None if age is None else begin_of(now - age, QUARTER)


def count_interactions(before: datetime) -> int:
    return fetch_value(
        "SELECT count(*) FROM interactions_interaction WHERE completed_at < %(before)s", {"before": before}
    )


def stock(before: datetime) -> Iterator[Stock]:
    """The months that begin before the bound, the oldest first, each counted when it is asked for."""
    for month in forgetting.months_before(before):
        yield Stock(month, *forgetting.count(month, before))


def _purge_interactions(before: datetime, progress: Progress) -> None:
    total, gone = count_interactions(before), 0
    while (step := housekeeping.purge_stopped(before)) is not None:
        gone += step
        progress("interactions", gone, total)


def _purge_events(before: datetime, progress: Progress) -> None:
    forgetting.finish_dropping()
    gone = 0
    for batch in forgetting.delete_sessions(before):
        gone += batch
        progress("sessions' events", gone, None)
    for found in stock(before):
        _purge_month(found, before, progress)


def _purge_month(found: Stock, before: datetime, progress: Progress) -> None:
    what, gone = f"events of {found.month.begins_at:%Y-%m}", 0
    if found.goes_whole(before):
        forgetting.drop(found.month)
        gone = found.going
    elif found.going:
        for batch in forgetting.delete(found.month, before):
            gone += batch
            progress(what, gone, found.going)
    progress(what, gone, max(gone, found.going))
