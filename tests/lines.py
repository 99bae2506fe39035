"""Those who wait for a pull: they have been asked once, and stand in line."""

import contextlib

from django.conf import settings
from redis import Redis

from tests.processes import until


def standing(queue: str = "*") -> int:
    """Each counts once, in however many lines."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        lines = list(redis.scan_iter(f"workbin:line:{queue}:*"))
        return len({name for line in lines for name in redis.zrange(line, 0, -1)})


def forget() -> None:
    """Those who have left a line that is no more."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        for line in redis.scan_iter("workbin:line:*"):
            redis.delete(line)


def settled(count: int = 1, queue: str = "*") -> None:
    """Who stands in no line, for Redis was slow to answer, is told by the database."""
    with contextlib.suppress(AssertionError):
        until(lambda: standing(queue) >= count if count else not standing(queue), seconds=8)
