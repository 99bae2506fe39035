"""What a load balancer is told."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from tests.applications import browser

pytestmark = pytest.mark.django_db(transaction=True)


def ready() -> tuple[int, dict[str, Any]]:
    found = browser().get("/readyz")
    return found.status_code, found.json()["wrong"]


@contextlib.contextmanager
def full_broker() -> Iterator[None]:
    """It answers, and takes nothing more."""
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.config_set("maxmemory", 1)
        try:
            yield
        finally:
            broker.config_set("maxmemory", 0)


def test_all_is_well() -> None:
    assert ready() == (200, {})


def test_a_broker_that_is_full() -> None:
    with full_broker():
        status, wrong = ready()
    assert (status, [*wrong]) == (503, ["broker"])
    assert ready() == (200, {})
