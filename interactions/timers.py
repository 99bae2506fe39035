"""Countdowns per time slot: whatever is due in a slot is revoked by one task, armed once.

Deadlines fall into slots a quarter of a second wide. A pull or reset arms the slots its deadlines fall
into: a Redis key says that a slot is armed, and a `revoke_due` task runs at the slot's end. So the
broker holds at most four messages for each second of the horizon, however many holds there are. All of
this is a hint: when the broker is down the reaper finds what is due in the database.
"""

import functools
import logging
import math
import threading
import time
from collections.abc import Collection, Iterable
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError
from redis import Redis
from redis.exceptions import RedisError

SLOTS_A_SECOND = 4
HORIZON = 60  # seconds; a slot further away is armed by the reaper when it comes near
REVOKE_DUE = "interactions.tasks.revoke_due"
QUIET = 2.0  # seconds for which a broker that failed is left alone

log = logging.getLogger(__name__)


def slot_of(deadline: datetime) -> int:
    """The slot whose end is the first not before the deadline."""
    return math.ceil(deadline.timestamp() * SLOTS_A_SECOND)


def slot_end(slot: int) -> float:
    return slot / SLOTS_A_SECOND


class Timers:
    """One process's memory of the slots that are armed, and of whether the broker answers."""

    def __init__(self) -> None:
        self._armed: set[int] = set()
        self._lock = threading.Lock()
        self._silent_until = 0.0
        self._is_down = False

    @functools.cached_property
    def _redis(self) -> Redis:
        return Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None)

    def arm(self, slots: Iterable[int], now: datetime) -> None:
        """Have what falls due in these slots revoked at their ends. It never raises and never waits long."""
        at = now.timestamp()
        wanted = {slot for slot in slots if slot_end(slot) <= at + HORIZON} - self._armed
        if not wanted or time.monotonic() < self._silent_until:
            return
        try:
            for slot in sorted(wanted):
                self._arm(slot, at)
        except (RedisError, KombuError, OSError) as error:
            self._broker_failed(error)
        else:
            self._broker_answered(wanted, at)

    def _arm(self, slot: int, now: float) -> None:
        key = f"workbin:slot:{slot}"
        remaining = max(0.0, slot_end(slot) - now)
        if not self._redis.set(key, 1, nx=True, px=int((remaining + 1) * 1000)):
            return
        try:
            current_app.send_task(REVOKE_DUE, countdown=remaining, expires=remaining + 10, retry=False)
        except BaseException:
            self._redis.delete(key)
            raise

    def _broker_failed(self, error: Exception) -> None:
        with self._lock:
            self._armed.clear()  # what was armed may be lost with the broker
            self._silent_until = time.monotonic() + QUIET
            if not self._is_down:
                self._is_down = True
                log.error("The broker does not answer (%s): revocation is left to the reapers.", error)

    def _broker_answered(self, armed: set[int], now: float) -> None:
        with self._lock:
            self._armed = {slot for slot in self._armed | armed if slot_end(slot) > now}
            if self._is_down:
                self._is_down = False
                log.warning("The broker answers again.")


timers = Timers()


def arm(slots: Collection[int], now: datetime) -> None:
    timers.arm(slots, now)


def arm_at_commit(deadlines: Collection[datetime], now: datetime) -> None:
    """A task that ran before the commit would find nothing."""
    if deadlines:
        slots = {slot_of(deadline) for deadline in deadlines}
        transaction.on_commit(lambda: timers.arm(slots, now))
