"""Slots: what the pulls and resets arm in the broker, and what becomes of a pull when it is down."""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from kombu.exceptions import KombuError
from redis import Redis

from interactions import broker, timers
from interactions.broker import Broker
from interactions.reaper import slots_with_deadlines
from interactions.timers import HORIZON, SLOTS_A_SECOND, Timers, slot_end, slot_of
from tests import cast
from tests.applications import Desk
from tests.clock import let_pass
from tests.workers import CLOSED

pytestmark = pytest.mark.django_db(transaction=True)

MOST = HORIZON * SLOTS_A_SECOND + 10


@pytest.fixture
def valkey() -> Iterator[Redis]:
    """The suite's own, with nothing armed and no messages."""
    redis = Redis.from_url(settings.REDIS_URL)

    def clear() -> None:
        for key in [*redis.scan_iter("workbin:slot:*"), b"timers", b"default"]:
            redis.delete(key)

    clear()
    yield redis
    clear()
    redis.close()


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, valkey: Redis) -> None:
    """As a process that has just begun."""
    monkeypatch.setattr(timers, "timers", Timers())


def messages(valkey: Redis) -> int:
    return int(valkey.llen("timers"))


def test_two_processes_arm_a_slot_once(valkey: Redis) -> None:
    now = datetime.now(UTC)
    slots = [slot_of(now) + 80, slot_of(now) + 160]  # in twenty and forty seconds
    one, other = Timers(), Timers()
    one.arm(slots, now)
    other.arm([*slots, slots[-1] + 1], now)
    one.arm(slots, now)
    assert messages(valkey) == 3


def test_a_submission_by_an_agent_arms_its_slot(alice: Desk, valkey: Redis, fresh: None) -> None:
    alice.submit(external_id="1", handling_timeout=5).ok(201)
    assert messages(valkey) == 1


def test_a_slot_ends_not_before_its_deadlines() -> None:
    for moment in (0.0, 0.1, 0.25, 0.2500001, 1e9 + 0.75):
        deadline = datetime.fromtimestamp(moment, UTC)
        assert 0 <= slot_end(slot_of(deadline)) - deadline.timestamp() < 1 / SLOTS_A_SECOND


@pytest.mark.usefixtures("fresh")
def test_messages_do_not_grow_with_the_holds(alice: Desk, valkey: Redis) -> None:
    begun = time.monotonic()
    for seconds in range(1, 51):
        cast.fill(20, handling_timeout=seconds + 5)
    for _ in range(10):
        assert len(alice.pull(count=100)) == 100
    for _ in range(20):
        alice.keep_alive().ok()
    passed = time.monotonic() - begun
    assert 50 <= messages(valkey) <= MOST + passed * SLOTS_A_SECOND


@pytest.mark.usefixtures("fresh")
def test_what_is_far_away_is_not_armed(alice: Desk, valkey: Redis) -> None:
    """The reaper does that when it has come near."""
    cast.fill(2, handling_timeout=HORIZON + 40)
    alice.pull(count=2)
    assert messages(valkey) == 0
    let_pass(50)
    now = datetime.now(UTC)
    first, last = slot_of(now), slot_of(now) + HORIZON * SLOTS_A_SECOND
    slots = slots_with_deadlines(first, last)
    assert len(slots) == 1  # of two holds with one deadline
    timers.arm(slots, now)
    assert messages(valkey) == 1


@pytest.mark.usefixtures("fresh")
def test_a_reset_arms_the_new_slot(alice: Desk, valkey: Redis) -> None:
    cast.fill(1, handling_timeout=10)
    alice.pull()
    assert messages(valkey) == 1
    time.sleep(2 / SLOTS_A_SECOND)
    alice.keep_alive().ok()
    assert messages(valkey) == 2


def test_the_broker_is_down(
    alice: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Pull and reset go on without delay, and one line is logged."""
    monkeypatch.setattr(settings, "REDIS_URL", CLOSED)
    monkeypatch.setattr(timers, "timers", Timers())
    monkeypatch.setattr(broker, "_broker", Broker())
    monkeypatch.setattr(broker, "QUIET", 0.0)  # so that each request tries
    cast.fill(4, handling_timeout=10)
    begun = time.monotonic()
    with caplog.at_level(logging.INFO, "interactions.broker"):
        for _ in range(4):
            party = alice.take()
            held = {one["id"]: one["deadline_at"] for one in alice.keep_alive().ok()["parties"]}
            assert held[party["id"]] > party["deadline_at"]
    assert time.monotonic() - begun < 10
    lines = [record.getMessage() for record in caplog.records if record.name == "interactions.broker"]
    assert len(lines) == 1
    assert "broker" in lines[0]


def test_a_broker_that_dies_before_the_message_is_out() -> None:
    """kombu would try for six seconds each time, and the request wait for it."""
    app = Celery("publisher", broker=CLOSED, set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    begun = time.monotonic()
    for _ in range(3):
        with pytest.raises(KombuError):
            app.send_task(timers.REVOKE_DUE, countdown=1, retry=False)
    assert time.monotonic() - begun < 6


def test_a_broker_that_failed_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", CLOSED)
    monkeypatch.setattr(broker, "_broker", Broker())
    monkeypatch.setattr(broker, "QUIET", 3600)
    tried: list[Any] = []
    arm = timers._arm

    def count(*given: Any) -> None:
        tried.append(given)
        arm(*given)

    monkeypatch.setattr(timers, "_arm", count)
    down = Timers()
    now = datetime.now(UTC)
    for _ in range(1000):
        down.arm([slot_of(now) + 1], now)
    assert len(tried) == 1
