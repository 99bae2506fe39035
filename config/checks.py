"""Settings that cannot work, found by `manage.py check`, by `up`, and by each command of ours.

A command asks for these by their tag. Those of the program, which read every page of it, are `check`'s.
"""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from config import production
from interactions.models.queue import LONGEST_TIMEOUT, SHORTEST_TIMEOUT

AT_LEAST_ONE = (
    *("WEB_PROCESSES", "WEB_THREADS", "WORKER_PROCESSES", "MAX_BODY_BYTES", "SESSION_IDLE_TIMEOUT"),
    *("HEAD_SECONDS", "BODY_SECONDS"),
    *("LOGIN_FAILURES_PER_USER", "LOGIN_FAILURES_PER_USER_ANYWHERE"),
    *("LOGIN_FAILURES_PER_ADDRESS", "LOGIN_FAILURE_WINDOW"),
)


@register("settings")
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
    for name in ("INTERACTIONS_KEPT", "EVENTS_KEPT"):
        kept = getattr(settings, name)
        if kept is not None and not timedelta(days=1) <= kept <= timedelta(days=settings.MOST_DAYS):
            yield Error(
                f"{name} must be from 1 to {settings.MOST_DAYS} days.",
                hint=f"Unset it to keep them for ever. It is {os.environ.get(name)!r}.",
                id="workbin.E006",
            )
    if not SHORTEST_TIMEOUT <= settings.HANDLING_TIMEOUT <= LONGEST_TIMEOUT:
        yield Error(
            f"HANDLING_TIMEOUT must be from {SHORTEST_TIMEOUT} to {LONGEST_TIMEOUT} seconds.",
            hint=f"Unset it for the default. It is {settings.HANDLING_TIMEOUT}.",
            id="workbin.E005",
        )


@register("settings")
def check_production(**_: Any) -> Iterable[CheckMessage]:
    with suppress(ImproperlyConfigured):  # no key: E001
        yield from production.faults()


@register(Tags.database)
def check_for_the_demo(databases: Collection[str] | None = None, **_: Any) -> Iterable[CheckMessage]:
    """Of `migrate` and `check --database default`."""
    if databases:
        yield from production.demo_faults()


@register(deploy=True)
def check_deployment(**_: Any) -> Iterable[CheckMessage]:
    if settings.METRICS == "open" and not settings.METRICS_TOKEN:
        yield Warning(
            "Anyone may read /metrics: the queues' names and how many wait.",
            hint="Set METRICS_TOKEN for who reads them, or METRICS=closed.",
            id="workbin.W001",
        )
