"""Whether this process lives, and whether it can do its work."""

import functools
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

from interactions.lags import longest_writer, revocation_lag
from interactions.sql import fetch_value

LATE = 5.0  # seconds; a worker and a database that live revoke within one


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


def readyz(request: HttpRequest) -> JsonResponse:
    """503 with what is wrong. The broker is a hint for Workbin, but one that is down wants mending."""
    checks = {"database": _database, "broker": _broker, "revocation_lag": _lag, "event_log": _horizon}
    wrong = {name: text for name, check in checks.items() if (text := check())}
    return JsonResponse(
        {"status": "not ready" if wrong else "ready", "wrong": wrong}, status=503 if wrong else 200
    )


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
    return _told(_ask_for_changes)


def _ask_for_changes() -> None:
    """A standby is no database to us. The next one who asks connects anew, and perhaps to its primary."""
    if fetch_value("SELECT current_setting('transaction_read_only')") == "on":
        connection.close()
        raise OperationalError("it takes no changes")


def _broker() -> str | None:
    """It must take what it is given: full, or a replica, it would answer a ping."""
    return _told(lambda: _redis().set("workbin:ready", 1, ex=1))


@functools.cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def _lag() -> str | None:
    try:
        lag = revocation_lag()
    except DatabaseError:
        return "unknown"
    return f"{lag:.1f} s: is a worker alive?" if lag > LATE else None
