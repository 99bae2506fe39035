"""This process's Redis client, for hints: it never raises, and never makes a request wait for long."""

import functools
import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from kombu.exceptions import KombuError
from redis import Redis
from redis.exceptions import RedisError

QUIET = 2.0  # seconds for which a broker that failed is left alone

log = logging.getLogger(__name__)


class Broker:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._silent_until = 0.0
        self._is_down = False

    @functools.cached_property
    def redis(self) -> Redis:
        return Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None)

    def tell(self, say: Callable[[Redis], object]) -> bool:
        """Whether it was told. What is not told is found in the database, a little later."""
        if time.monotonic() < self._silent_until:
            return False
        try:
            say(self.redis)
        except (RedisError, KombuError, OSError) as error:
            self._failed(error)
            return False
        self._answered()
        return True

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._silent_until = time.monotonic() + QUIET
            if not self._is_down:
                self._is_down = True
                log.error("The broker does not answer (%s): revocation is left to the reapers.", error)

    def _answered(self) -> None:
        if self._is_down:
            with self._lock:
                self._is_down = False
            log.warning("The broker answers again.")


_broker = Broker()


def tell(say: Callable[[Redis], object]) -> bool:
    return _broker.tell(say)
