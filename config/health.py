"""Whether this process lives, and whether it can do its work."""

import functools
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

from interactions.sql import fetch_one

LATE = 5.0  # seconds; a worker and a database that live revoke within one

_LAG = """
    SELECT greatest(0, extract(epoch FROM statement_timestamp() - min(deadline_at)))::float
    FROM interactions_party WHERE ended_at IS NULL
"""

_LONGEST_WRITER = """
    SELECT extract(epoch FROM statement_timestamp() - min(xact_start))::float
    FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()
"""


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


def readyz(request: HttpRequest) -> JsonResponse:
    """503 with what is wrong. The broker is a hint for Workbin, but one that is down wants mending."""
    checks = {"database": _database, "broker": _broker, "revocation_lag": _lag, "event_log": _horizon}
    wrong = {name: text for name, check in checks.items() if (text := check())}
    return JsonResponse(
        {"status": "not ready" if wrong else "ready", "wrong": wrong}, status=503 if wrong else 200
    )


def revocation_lag() -> float:
    """Seconds for which the longest overdue hold has been waiting for its revocation."""
    row = fetch_one(_LAG)
    return (row[0] if row else None) or 0.0


def longest_writer() -> float:
    """Seconds for which a transaction has been writing. Readers of the log wait: see interactions.horizon."""
    row = fetch_one(_LONGEST_WRITER)
    return (row[0] if row else None) or 0.0


def _horizon() -> str | None:
    try:
        age = longest_writer()
    except DatabaseError:
        return "unknown"
    return f"a transaction has been writing for {age:.0f} s and holds readers back" if age > LATE else None


def _told(check: Callable[[], object]) -> str | None:
    try:
        check()
    except (DatabaseError, RedisError, OSError) as error:
        return str(error).splitlines()[0]
    return None


def _database() -> str | None:
    return _told(lambda: fetch_one("SELECT 1"))


def _broker() -> str | None:
    return _told(_redis().ping)


@functools.cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def _lag() -> str | None:
    try:
        lag = revocation_lag()
    except DatabaseError:
        return "unknown"
    return f"{lag:.1f} s: is a worker alive?" if lag > LATE else None
