"""Counts the log's new events into the stored rows.

Rows and cursor move in one transaction, so each event is counted once, wherever a projector is killed and
however many there are. It reads and computes first and writes at the end: readers of the log wait for
transactions that write.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from interactions.sql import fetch_all, fetch_one
from reporting.cursor import horizon
from reporting.intervals.spans import LENGTHS, sums_of
from reporting.intervals.tally import SELECT, Tally, Told
from reporting.models import Interval, Projection, Total
from reporting.models.interval import FIGURES, Row

BATCH = 5_000  # events

R = TypeVar("R", bound=Row)

_NEXT = f"""{SELECT}
    WHERE id > %(after)s AND id <= %(upto)s ORDER BY id LIMIT %(limit)s"""


def live() -> Projection:
    """The rows that are shown."""
    found = Projection.objects.filter(is_live=True).first()
    if found is None:
        Projection.objects.bulk_create([Projection(is_live=True)], ignore_conflicts=True)
        found = Projection.objects.get(is_live=True)
    return found


def project(projection: int | None = None, *, batch: int = BATCH) -> int | None:
    """Count the next events; returns how many. None when another projector is at it."""
    id = live().pk if projection is None else projection
    upto = horizon.final()
    with transaction.atomic():
        if not _lock(id):
            return None
        return _advance(Projection.objects.get(pk=id), upto, batch)


def _lock(projection: int) -> bool:
    row = fetch_one(
        "SELECT pg_try_advisory_xact_lock(hashtext('projection'), %(id)s::int)", {"id": projection}
    )
    return row is not None and row[0]


def wait_and_lock(projection: int) -> None:
    """For the rest of the transaction no other moves its rows."""
    fetch_one("SELECT pg_advisory_xact_lock(hashtext('projection'), %(id)s::int)", {"id": projection})


def _advance(projection: Projection, upto: int, batch: int) -> int:
    params = {"after": projection.event, "upto": upto, "limit": batch}
    events = [Told(*values) for values in fetch_all(_NEXT, params)]
    last, at = (events[-1].id, events[-1].at) if events else (projection.event, projection.at)
    if len(events) < batch:
        last = max(last, upto)
    if last == projection.event:
        return 0
    tally = Tally()
    tally.count(_since(events, projection.since))
    quarters = tally.rows.values()
    intervals, totals = _intervals(projection, quarters), _totals(projection, quarters)
    _write(Interval, intervals, ["projection", "kind", "seconds", "starts_at", "key"])
    _write(Total, totals, ["projection", "kind", "key"])
    Projection.objects.filter(pk=projection.pk).update(event=last, at=at)
    return len(events)


def _since(events: list[Told], since: datetime | None) -> Iterable[Told]:
    return events if since is None else (event for event in events if event.at >= since)


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
