"""Settings that cannot work, found by `manage.py check` and before `up`."""

import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from interactions.models.queue import LONGEST_TIMEOUT, SHORTEST_TIMEOUT

AT_LEAST_ONE = (
    *("WEB_PROCESSES", "WEB_THREADS", "WORKER_PROCESSES", "MAX_BODY_BYTES", "SESSION_IDLE_TIMEOUT"),
    *("LOGIN_FAILURES_PER_USER", "LOGIN_FAILURES_PER_ADDRESS", "LOGIN_FAILURE_WINDOW"),
)


@register
def check_settings(**_: Any) -> Iterable[CheckMessage]:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if not key:
        yield Error(
            "SECRET_KEY is not set.",
            hint="Set it to 50 or more random characters, the same for all processes.",
            id="workbin.E001",
        )
    if settings.DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":
        yield Error(
            "DATABASE_URL does not name a PostgreSQL.",
            hint="postgresql://user:password@host:5432/name; unset it for the embedded one.",
            id="workbin.E002",
        )
    if urlsplit(settings.REDIS_URL).scheme not in ("redis", "rediss", "unix"):
        yield Error(
            "REDIS_URL does not name a Redis.",
            hint="redis://host:6379/0, rediss://... or unix:///path; unset it for the embedded Valkey.",
            id="workbin.E003",
        )
    for name in AT_LEAST_ONE:
        if getattr(settings, name) < 1:
            yield Error(
                f"{name} must be 1 or more.",
                hint=f"Unset it for the default. It is {os.environ.get(name)!r}.",
                id="workbin.E004",
            )
    if not SHORTEST_TIMEOUT <= settings.HANDLING_TIMEOUT <= LONGEST_TIMEOUT:
        yield Error(
            f"HANDLING_TIMEOUT must be from {SHORTEST_TIMEOUT} to {LONGEST_TIMEOUT} seconds.",
            hint=f"Unset it for the default. It is {settings.HANDLING_TIMEOUT}.",
            id="workbin.E005",
        )
