"""The timer as it runs: real workers, real seconds; judged by what the log says."""

import time
from datetime import datetime, timedelta

import pytest
from django.db.models.functions import Now

from interactions.models import Party, Queue
from reporting.models import Event
from tests import cast
from tests.applications import Desk
from tests.audit import audit
from tests.processes import until
from tests.workers import CLOSED, own_broker, worker

pytestmark = pytest.mark.django_db(transaction=True)

PROMISED = 1.0  # seconds from a deadline to what clients can see
LATE = 5 * PROMISED  # a machine that runs tests does other things, too
LONG = 60  # seconds of quiet, of which a scene lets most pass by moving the row


@pytest.fixture(autouse=True)
def short(support: str) -> None:
    Queue.objects.update(handling_timeout=1)


def ends(desk: Desk) -> list[Event]:
    return list(Event.objects.filter(event="EventRevoked", agent=desk.name).order_by("id"))


def check(revoked: list[Event], count: int) -> None:
    """Each once, none early, none late; by the database's clock."""
    assert len({event.party for event in revoked}) == len(revoked) == count
    assert {event.reason for event in revoked} == {"Expired"}
    for event in revoked:
        assert event.at >= datetime.fromisoformat(event.attributes["deadline_at"])
        assert event.attributes["late_seconds"] < LATE


def due_in(desk: Desk, seconds: float) -> None:
    open_ones = Party.objects.filter(ended_at=None, agent__user__username=desk.name)
    open_ones.update(deadline_at=Now() + timedelta(seconds=seconds))


def be_quiet(desk: Desk, count: int) -> None:
    """Pull so many and go quiet, until all have been taken away."""
    before = len(ends(desk))
    desk.pull(count=count)
    until(lambda: len(ends(desk)) == before + count, 1 + LATE, f"{count} holds to expire")
    time.sleep(0.5)  # for what should not happen: one of them twice
    check(ends(desk)[before:], count)
    audit()


def test_sixty_expire_while_another_lives(alice: Desk, bob: Desk) -> None:
    """alice's hold lives through three timeouts of her requests; then she goes quiet, too."""
    cast.fill(1, handling_timeout=LONG)
    cast.fill(60)
    with worker():
        party = alice.take()
        bob.pull(count=60)
        for _ in range(4):
            due_in(alice, LONG / 4)  # three quarters of it have passed
            assert [held["id"] for held in alice.keep_alive().ok()["parties"]] == [party["id"]]
        until(lambda: len(ends(bob)) == 60, 1 + LATE)
        check(ends(bob), 60)
        assert ends(alice) == []
        due_in(alice, 1)
        until(lambda: ends(alice), 1 + LATE)
    check(ends(alice), 1)
    assert not Party.objects.filter(ended_at=None).exists()
    audit()


def test_the_reapers_alone(alice: Desk, bob: Desk) -> None:
    """The broker is down for the worker: it needs the database and nothing else."""
    cast.fill(41)
    with worker(redis_url=CLOSED):
        alice.take()
        until(lambda: ends(alice), 90, "the worker to start, of which it says nothing without a broker")
        be_quiet(bob, 40)


def test_a_broker_that_refuses(alice: Desk, bob: Desk) -> None:
    """It has become a replica while nobody looked. The worker lives on, and is heard again afterwards."""
    cast.fill(41)
    with own_broker() as (url, broker):
        broker.execute_command("REPLICAOF", "127.0.0.1", "1")
        with worker(redis_url=url) as process:
            alice.take()
            until(lambda: ends(alice), 90, "the worker to start")
            be_quiet(bob, 40)
            assert process.poll() is None
            broker.execute_command("REPLICAOF", "NO", "ONE")
            until(lambda: broker.exists("_kombu.binding.timers"), 90, "the worker at its broker")
            broker.execute_command("REPLICAOF", "127.0.0.1", "1")  # under its hands
            be_quiet(bob, 40)


def test_the_slots_alone(bob: Desk) -> None:
    """No reaper runs: the slots that the pull armed are enough."""
    cast.fill(40)
    with worker("tests.slots_only"):
        be_quiet(bob, 40)


def test_without_a_worker_nothing_happens(bob: Desk) -> None:
    """The twin: it is the workers that end holds, and not the wait."""
    cast.fill(3)
    bob.pull(count=3)
    time.sleep(1.5)
    assert ends(bob) == []
    assert Party.objects.filter(ended_at=None).count() == 3
