"""Countdowns per time slot: whatever is due in a slot is revoked by one task, armed once.

Deadlines fall into slots a quarter of a second wide. A pull or reset arms the slots its deadlines fall
into: a Redis key says that a slot is armed, and a `revoke_due` task runs at the slot's end. So the
broker holds at most four messages for each second of the horizon, however many holds there are. All of
this is a hint: when the broker is down the reaper finds what is due in the database.
"""

import math
import threading
from collections.abc import Collection, Iterable
from datetime import datetime

from celery import current_app
from django.db import transaction
from redis import Redis

from interactions import broker

SLOTS_A_SECOND = 4
HORIZON = 60  # seconds; a slot further away is armed by the reaper when it comes near
REVOKE_DUE = "interactions.tasks.revoke_due"


def slot_of(deadline: datetime) -> int:
    """The slot whose end is the first not before the deadline."""
    return math.ceil(deadline.timestamp() * SLOTS_A_SECOND)


def slot_end(slot: int) -> float:
    return slot / SLOTS_A_SECOND


class Timers:
    """One process's memory of the slots that are armed."""

    def __init__(self) -> None:
        self._armed: set[int] = set()
        self._lock = threading.Lock()

    def arm(self, slots: Iterable[int], now: datetime) -> None:
        """Have what falls due in these slots revoked at their ends. It never raises and never waits long."""
        at = now.timestamp()
        wanted = {slot for slot in slots if slot_end(slot) <= at + HORIZON} - self._armed
        if not wanted:
            return
        is_told = broker.tell(lambda redis: _arm(redis, sorted(wanted), at))
        with self._lock:
            # What was armed may be lost with the broker.
            known = self._armed | wanted if is_told else ()
            self._armed = {slot for slot in known if slot_end(slot) > at}


def _arm(redis: Redis, slots: Iterable[int], now: float) -> None:
    for slot in slots:
        key = f"workbin:slot:{slot}"
        remaining = max(0.0, slot_end(slot) - now)
        if not redis.set(key, 1, nx=True, px=int((remaining + 1) * 1000)):
            continue
        try:
            current_app.send_task(REVOKE_DUE, countdown=remaining, expires=remaining + 10, retry=False)
        except BaseException:
            redis.delete(key)
            raise


timers = Timers()


def arm(slots: Collection[int], now: datetime) -> None:
    timers.arm(slots, now)


def arm_at_commit(deadlines: Collection[datetime], now: datetime) -> None:
    """A task that ran before the commit would find nothing."""
    if deadlines:
        slots = {slot_of(deadline) for deadline in deadlines}
        transaction.on_commit(lambda: timers.arm(slots, now))
