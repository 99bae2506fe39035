"""The safety net of every worker: twice a second, revoke what is due and still there.

It needs the database alone. A lost message, a killed worker or a broker that is down cost half a second.
It also warns agents of near deadlines and arms the slots that have come within the horizon.
"""

import logging
import os
import threading
import time
from datetime import timedelta
from typing import Any

from celery import bootsteps
from django.db import DatabaseError, InterfaceError, connection

from interactions import lifecycle, timers
from interactions.errors import Unavailable
from interactions.signals import TIMER
from interactions.sql import fetch_all
from interactions.statements import locks

EVERY = 0.5  # seconds from the beginning of one look to that of the next
BREATH = 0.02  # seconds between a look that took too long and the next; a child may be forked then

log = logging.getLogger(__name__)

# One probe of party_open_by_deadline a slot, however many holds fall into it.
_SLOTS_WITH_DEADLINES = f"""
    SELECT slot FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS slot
    WHERE EXISTS (
        SELECT FROM interactions_party
        WHERE ended_at IS NULL
            AND deadline_at > to_timestamp((slot - 1) / {timers.SLOTS_A_SECOND}.0)
            AND deadline_at <= to_timestamp(slot / {timers.SLOTS_A_SECOND}.0)
    )
"""


class Reaper(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="reaper", daemon=True)
        self._stopping = threading.Event()
        self._looked_until: int | None = None  # slot
        self._is_failing = False
        self.forking = threading.Lock()  # a pool child must not be forked in the middle of a tick

    def run(self) -> None:
        pause = EVERY
        while not self._stopping.wait(pause):
            began = time.monotonic()
            with self.forking:
                self._tick()
            # A broker that says nothing holds a look up for half a second, and must not hold up the next.
            pause = max(BREATH, began + EVERY - time.monotonic())
        connection.close()

    def stop(self) -> None:
        self._stopping.set()
        if self.is_alive():
            self.join(timeout=5)

    def _tick(self) -> None:
        try:
            while lifecycle.revoke_due(TIMER) == lifecycle.BATCH:
                pass
            while lifecycle.warn_due(TIMER) == lifecycle.BATCH:
                pass
            self._arm_what_comes_near()
        except Exception as error:  # whatever it is, the net must not tear: others' holds are due next time
            connection.close()
            if not self._is_failing:
                self._complain(error)
            self._is_failing = True
        else:
            if self._is_failing:
                log.warning("The reaper works again.")
            self._is_failing = False

    def _complain(self, error: Exception) -> None:
        if isinstance(error, Unavailable | DatabaseError | InterfaceError):
            why = error.__cause__ or error
            log.error("The reaper cannot reach the database (%s): it goes on trying.", why)
        else:
            log.error("The reaper failed: it goes on trying.", exc_info=error)

    def _arm_what_comes_near(self) -> None:
        now = locks.read_now()
        horizon = timers.slot_of(now + timedelta(seconds=timers.HORIZON))
        first = timers.slot_of(now) if self._looked_until is None else self._looked_until + 1
        if horizon >= first:
            timers.arm(slots_with_deadlines(first, horizon), now)
            self._looked_until = horizon


def slots_with_deadlines(first: int, last: int) -> list[int]:
    return [slot for (slot,) in fetch_all(_SLOTS_WITH_DEADLINES, {"first": first, "last": last})]


class ReaperStep(bootsteps.StartStopStep):
    """Starts the thread once the pool's children are forked, and stops it before they go."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self.reaper: Reaper | None = None

    def start(self, parent: Any) -> None:
        self.reaper = reaper = Reaper()
        os.register_at_fork(
            before=reaper.forking.acquire,
            after_in_parent=reaper.forking.release,
            after_in_child=reaper.forking.release,
        )
        reaper.start()

    def stop(self, parent: Any) -> None:
        if self.reaper:
            self.reaper.stop()

    terminate = stop
