"""A reset that waits for a lock must not revive what falls due meanwhile."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from interactions import sessions
from interactions.models import Party, Session
from interactions.sql import fetch_one, run
from interactions.statements.reset import RESET
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Log
from tests.crowd import another_connection, crowd, until_waiting
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

LOCK = "SELECT FROM interactions_party FOR UPDATE"  # which alone does not make a waiter look again


@pytest.fixture
def holder(alice: Desk) -> Desk:
    cast.fill(1)
    alice.take()
    return alice


def due_in(seconds: float) -> None:
    Party.objects.update(deadline_at=Now() + timedelta(seconds=seconds))


def is_overdue() -> bool:
    return Party.objects.filter(ended_at=None, deadline_at__lte=Now()).exists()


def test_it_does_not(holder: Desk, log: Log) -> None:
    due_in(0.5)
    log.skip()
    with another_connection() as other, crowd() as people:
        other.execute(LOCK)
        reply = people.start(holder.keep_alive)
        until_waiting()
        assert not is_overdue()  # the request came in time, by its sender's clock
        until(is_overdue, 2)
        other.commit()
        assert reply().ok()["parties"] == []
    assert is_overdue()
    revoke_due()
    assert [event["reason"] for event in log.new()] == ["Expired", "Expired"]


def test_the_twin_without_the_lock_before_does(holder: Desk) -> None:
    due_in(0.5)
    parties = [party.pk for party in Party.objects.all()]
    with another_connection() as other, crowd() as people:
        other.execute(LOCK)
        reset = people.start(lambda: fetch_one(RESET, {"parties": parties}))
        until_waiting()
        until(is_overdue, 2)
        other.commit()
        reset()
    assert not is_overdue()


def test_it_counts_from_the_end_of_the_wait(holder: Desk) -> None:
    with another_connection() as other, crowd() as people:
        other.execute(LOCK)
        reply = people.start(holder.keep_alive)
        until_waiting()
        released = fetch_one("SELECT clock_timestamp()")
        other.commit()
        reply().ok()
    assert released
    party = Party.objects.get()
    assert party.last_reset_at >= released[0]
    assert party.deadline_at == party.last_reset_at + timedelta(seconds=party.handling_timeout)


def test_a_revocation_goes_round_what_is_being_reset(holder: Desk, log: Log) -> None:
    """The reset locked it in time: the timer skips it and takes nothing else for it."""
    due_in(0.3)
    log.skip()
    with another_connection() as other:
        other.execute(LOCK)
        until(is_overdue, 2)
        revoke_due()
        assert log.new() == []
        other.execute("UPDATE interactions_party SET deadline_at = clock_timestamp() + interval '1 hour'")
        other.commit()
    revoke_due()
    assert log.new() == []
    assert len(holder.parties()) == 1


def test_the_twin_is_revoked(holder: Desk, log: Log) -> None:
    run("UPDATE interactions_party SET deadline_at = clock_timestamp()")
    log.skip()
    revoke_due()
    assert len(log.new()) == 2


def test_an_agent_who_goes_on_asking_hides_nothing_overdue(holder: Desk, log: Log) -> None:
    """Its requests lock what they may move, and no more: the timer skips what is locked."""
    due_in(-1)
    log.skip()
    token = bytes(Session.objects.get().token_hash)
    with another_connection() as other:
        other.execute(sessions._ACTING, {"token": token, "idle": 3600})
        revoke_due()
    assert [event["reason"] for event in log.new()] == ["Expired", "Expired"]
