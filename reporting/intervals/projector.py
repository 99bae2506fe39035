"""Counts the log's new events into the stored rows.

Rows and cursor move in one transaction, so each event is counted once, wherever a projector is killed and
however many there are. It reads and computes first and writes at the end: readers of the log wait for
transactions that write.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from interactions.sql import fetch_all, fetch_value
from reporting.cursor import horizon
from reporting.intervals.spans import LENGTHS, sums_of
from reporting.intervals.tally import SELECT, Tally, Told
from reporting.models import Interval, Projection, Total
from reporting.models.interval import FIGURES, Row

BATCH = 5_000  # events
LOCK = 0x7072  # advisory, with a projection's id

R = TypeVar("R", bound=Row)

_NEXT = f"""{SELECT}
    WHERE id > %(after)s AND id <= %(upto)s ORDER BY id LIMIT %(limit)s"""


def live() -> Projection:
    """The rows that are shown. At first there are none."""
    return Projection.objects.filter(is_live=True).first() or Projection(pk=0)


def live_or_new() -> Projection:
    if not Projection.objects.filter(is_live=True).exists():
        Projection.objects.bulk_create([Projection(is_live=True)], ignore_conflicts=True)
    return live()


def catch_up() -> None:
    """Count all that is new, unless another is at it."""
    projection = live_or_new().pk
    while project(projection) == BATCH:
        pass


def project(projection: int, *, upto: int | None = None, batch: int = BATCH) -> int | None:
    """Count the next events, up to one at most; returns how many. None when another projector is at it.

    Errors: Unavailable, as for all readers of the log.
    """
    final = horizon.final()
    with transaction.atomic():
        if not is_ours(projection):
            return None
        return advance(projection, final if upto is None else min(final, upto), batch)


def is_ours(projection: int) -> bool:
    """Whether no other moves its rows, for the rest of the transaction."""
    return fetch_value("SELECT pg_try_advisory_xact_lock(%(lock)s, %(id)s)", {"lock": LOCK, "id": projection})


def advance(projection_id: int, upto: int, batch: int = BATCH) -> int:
    """The same as part of a transaction to which it is ours."""
    projection = Projection.objects.filter(pk=projection_id).first()
    if projection is None:
        return 0  # a rebuild has taken its place
    params = {"after": projection.event, "upto": upto, "limit": batch}
    events = [Told(*values) for values in fetch_all(_NEXT, params)]
    if events:
        projection.event, projection.at = events[-1].id, events[-1].at
    if len(events) < batch:
        projection.event = max(projection.event, upto)
    tally = Tally()
    tally.count(_since(events, projection.since))
    add(projection, tally.rows.values())
    Projection.objects.filter(pk=projection.pk).update(event=projection.event, at=projection.at)
    return len(events)


def _since(events: list[Told], since: datetime | None) -> Iterable[Told]:
    return events if since is None else (event for event in events if event.at >= since)


def add(projection: Projection, quarters: Collection[Interval]) -> None:
    intervals, totals = _intervals(projection, quarters), _totals(projection, quarters)
    _write(Interval, intervals, ["projection", "kind", "seconds", "starts_at", "key"])
    _write(Total, totals, ["projection", "kind", "key"])


def _intervals(projection: Projection, quarters: Collection[Interval]) -> list[Interval]:
    rows = {(row.kind, row.key, row.seconds, row.starts_at): row for row in sums_of(quarters)}
    known = Interval.objects.filter(
        projection=projection,
        kind__in={kind for kind, *_ in rows},
        seconds__in=LENGTHS,
        starts_at__in={starts_at for *_, starts_at in rows},
        key__in={key for _, key, *_ in rows},
    )
    stored = {(row.kind, row.key, row.seconds, row.starts_at): row for row in known}
    return [_merged(stored.get(of), row, projection) for of, row in rows.items()]


def _totals(projection: Projection, quarters: Collection[Interval]) -> list[Total]:
    sums: dict[tuple[str, str], Total] = {}
    for row in quarters:
        of = row.kind, row.key
        if of not in sums:
            sums[of] = Total(kind=row.kind, key=row.key)
        sums[of].add(row)
    known = Total.objects.filter(projection=projection, key__in={key for _, key in sums})
    stored = {(row.kind, row.key): row for row in known}
    return [_merged(stored.get(of), row, projection) for of, row in sums.items()]


def _merged(stored: R | None, counted: R, projection: Projection) -> R:
    counted.projection = projection
    return counted if stored is None else stored.add(counted)


def _write(model: type[Row], rows: Sequence[Row], unique: list[str]) -> None:
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=unique, update_fields=list(FIGURES)
    )
