"""A reset that waits for a lock must not revive what falls due meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db.models.functions import Now

from interactions import sessions
from interactions.models import Party, Session
from interactions.sql import run
from interactions.statements import locks
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Log, Reply
from tests.crowd import Crowd, another_connection, crowd, until_waiting
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


def kept_waiting(
    ask: Callable[[], Reply], people: Crowd, other: psycopg.Connection[Any], lock: str = LOCK
) -> Callable[[], Reply]:
    """A request that came in time, by its sender's clock, and waits for a lock of the other's until the
    deadline has passed. On a machine that is too slow for the first deadline, with a later one.
    """
    for seconds in (0.5, 4, 16):
        due_in(seconds)
        other.execute(lock)
        reply = people.start(ask)
        until_waiting()
        if not is_overdue():
            until(is_overdue)
            return reply
        other.rollback()
        reply()
    raise AssertionError("it never came in time")


def test_it_does_not(holder: Desk, log: Log) -> None:
    log.skip()
    with another_connection() as other, crowd() as people:
        reply = kept_waiting(holder.keep_alive, people, other)
        other.commit()
        assert reply().ok()["parties"] == []
    assert is_overdue()
    revoke_due()
    assert [event["reason"] for event in log.new()] == ["Expired", "Expired"]


def test_the_twin_without_the_lock_before_does(holder: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock does not wait for the locks."""
    clock = " FROM (SELECT count(*) FROM held) AS locked"
    assert clock in sessions.KEEP_ONE
    monkeypatch.setattr(sessions, "KEEP_ONE", sessions.KEEP_ONE.replace(clock, ""))
    with another_connection() as other, crowd() as people:
        reply = kept_waiting(holder.keep_alive, people, other)
        other.commit()
        reply().ok()
    assert not is_overdue()


def keep_alive_behind_another_move(holder: Desk) -> tuple[datetime, list[Any]]:
    """Another gives the hold a minute, and is done when its first deadline has passed. Returns when that was,
    and what is told to the keep-alive that waited.
    """
    move = "UPDATE interactions_party SET deadline_at = clock_timestamp() + interval '1 minute'"
    with another_connection() as other, crowd() as people:
        reply = kept_waiting(holder.keep_alive, people, other, move)
        released = locks.read_now()
        other.commit()
        return released, reply().ok()["parties"]


def test_it_moves_what_another_moved_while_it_waited(holder: Desk) -> None:
    """The deadline that it began with has passed, the one that its lock saw has not."""
    released, [kept] = keep_alive_behind_another_move(holder)
    party = Party.objects.get()
    assert party.last_reset_at >= released
    assert party.deadline_at == party.last_reset_at + timedelta(seconds=party.handling_timeout)
    assert kept["id"] == party.pk


def test_the_twin_that_reads_its_snapshot_leaves_it(holder: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = "ANY(ARRAY(SELECT held.id FROM held, clock WHERE held.deadline_at > clock.now))"
    assert seen in sessions.KEEP_ONE
    twin = sessions.KEEP_ONE.replace(seen, "ANY(ARRAY(SELECT id FROM held)) AND p.deadline_at > clock.now")
    monkeypatch.setattr(sessions, "KEEP_ONE", twin)
    released, _ = keep_alive_behind_another_move(holder)
    assert Party.objects.get().last_reset_at < released


def test_it_counts_from_the_end_of_the_wait(holder: Desk) -> None:
    with another_connection() as other, crowd() as people:
        other.execute(LOCK)
        reply = people.start(holder.keep_alive)
        until_waiting()
        released = locks.read_now()
        other.commit()
        reply().ok()
    party = Party.objects.get()
    assert party.last_reset_at >= released
    assert party.deadline_at == party.last_reset_at + timedelta(seconds=party.handling_timeout)


def test_a_revocation_goes_round_what_is_being_reset(holder: Desk, log: Log) -> None:
    """The reset locked it in time: the timer skips it and takes nothing else for it."""
    due_in(0.3)
    log.skip()
    with another_connection() as other:
        other.execute(LOCK)
        until(is_overdue)
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
        other.execute(sessions.RESET_BY_TOKEN, {"token": token, "idle": 3600, "touch": 10})
        revoke_due()
    assert [event["reason"] for event in log.new()] == ["Expired", "Expired"]
