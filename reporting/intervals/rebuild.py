"""Counts the whole log anew, beside the rows in use, and changes over in one moment."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from interactions.sql import fetch_value, run
from reporting.intervals import projector
from reporting.intervals.spans import QUARTER
from reporting.locks import alone
from reporting.models import Interval, Projection
from reporting.models.interval import FIGURES
from reporting.snapshot import snapshot

BATCH = 20_000  # events
ROWS = 5_000  # taken over or deleted in one transaction
WORK = "rebuild_intervals"
PAUSE = 0.05  # seconds, while a projector is at it


@dataclass(slots=True)
class Rebuilt:
    events: int
    differences: int  # rows that were other than those in use


def rebuild(since: datetime | None = None, progress: Callable[[int], None] = lambda event: None) -> Rebuilt:
    """What happened before `since` is purged, and its rows are taken over as they are. `progress` is told the
    last event counted. Killed, it leaves rows that nobody sees, and the next one begins anew.

    Errors: AlreadyRunning.
    """
    with alone(WORK):
        _discard()
        new = Projection.objects.create(since=since)
        if since is not None:
            _take_over(projector.live(), new)
        events = 0
        while counted := projector.project(new.pk, batch=BATCH):
            events += counted
            progress(Projection.objects.get(pk=new.pk).event)
        differences = _compare(new)
        _change_over(new)
        _discard()
    return Rebuilt(events, differences)


def _discard() -> None:
    """Rows that are not in use, in batches."""
    for old in Projection.objects.filter(is_live=False):
        while run(
            """DELETE FROM reporting_interval WHERE id IN (
                   SELECT id FROM reporting_interval WHERE projection_id = %(old)s LIMIT %(rows)s
               )""",
            {"old": old.pk, "rows": ROWS},
        ):
            pass
        while not is_gone(old):
            time.sleep(PAUSE)


def is_gone(old: Projection) -> bool:
    """Deleted, but not under a projector that began while these were the rows in use: what that one has
    counted would belong to nothing."""
    with transaction.atomic():
        if is_ours := projector.is_ours(old.pk):
            old.delete()
    return is_ours


def _take_over(live: Projection, new: Projection) -> None:
    quarters = Interval.objects.filter(projection=live, seconds=QUARTER, starts_at__lt=new.since)
    found = quarters.order_by("starts_at").iterator(ROWS)
    while rows := list(islice(found, ROWS)):
        projector.add(new, rows)


def _compare(new: Projection) -> int:
    """How many rows are others, with both brought to the same event."""
    while True:
        live = projector.live_or_new()
        projector.project(live.pk)
        live.refresh_from_db()
        while projector.project(new.pk, upto=live.event, batch=BATCH):
            pass
        with snapshot():
            live.refresh_from_db()
            new.refresh_from_db()
            if live.event == new.event:
                return _differences(
                    "reporting_interval", ("kind", "seconds", "starts_at", "key"), live, new
                ) + (_differences("reporting_total", ("kind", "key"), live, new))


def _differences(table: str, of: tuple[str, ...], live: Projection, new: Projection) -> int:
    return fetch_value(
        f"""
        SELECT count(*)
        FROM (SELECT * FROM {table} WHERE projection_id = %(live)s) a
        FULL JOIN (SELECT * FROM {table} WHERE projection_id = %(new)s) b USING ({", ".join(of)})
        WHERE ({", ".join(f"a.{name}" for name in FIGURES)})
            IS DISTINCT FROM ({", ".join(f"b.{name}" for name in FIGURES)})
        """,
        {"live": live.pk, "new": new.pk},
    )


def _change_over(new: Projection) -> None:
    """Readers see the one or the other, and both are as far."""
    while True:
        live = projector.live()
        with transaction.atomic():
            are_ours = projector.is_ours(live.pk) and projector.is_ours(new.pk)
            live.refresh_from_db()
            if are_ours and not projector.advance(new.pk, live.event):
                Projection.objects.filter(pk=live.pk).update(is_live=False)
                Projection.objects.filter(pk=new.pk).update(is_live=True)
                return
        time.sleep(PAUSE)
