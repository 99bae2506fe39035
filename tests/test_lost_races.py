"""What changes while a command waits for its locks, and what it does when it loses."""

from collections.abc import Collection

import pytest

from interactions import sessions
from interactions.models import Agent, Party, Session
from interactions.sql import run
from interactions.statements import change
from tests import cast
from tests.applications import Application, Desk, Log
from tests.audit import audit, state
from tests.clock import let_pass, make_overdue
from tests.crowd import another_connection, crowd, until_waiting

pytestmark = pytest.mark.django_db(transaction=True)

LOCK_INTERACTION = "SELECT FROM interactions_interaction FOR UPDATE"
HAND_OVER = """
    WITH ended AS (UPDATE interactions_party SET ended_at = now(), end_reason = 'Expired' RETURNING *)
    INSERT INTO interactions_party (interaction_id, agent_id, session_id, operation, joined_at,
        handling_timeout, last_reset_at, deadline_at)
    SELECT interaction_id, %s, %s, 'Pull', now(), 600, now(), now() + interval '600 s' FROM ended
"""


def test_a_log_out_leaves_alone_what_went_to_another(alice: Desk, bob: Desk, log: Log) -> None:
    """Overdue when the log-out looked; bob's when it had the lock."""
    [interaction] = cast.fill(1)
    alice.take()
    make_overdue(interaction)
    bobs = Agent.objects.get(user__username="bob").pk
    log.skip()
    with another_connection() as other, crowd() as people:
        other.execute(LOCK_INTERACTION)
        leaving = people.start(alice.log_out)
        until_waiting()
        other.execute(HAND_OVER, [bobs, Session.objects.get(agent=bobs).pk])
        other.commit()
        leaving().ok(204)
    assert log.brief() == ["EventAgentLogout Logout LoggedOut by agent"]
    assert [held["interaction"] for held in bob.parties()] == [interaction]


def test_a_supervisor_who_waited_does_not_take_it_from_the_next(alice: Desk, bob: Desk, lena: Desk) -> None:
    """She saw alice hold it and meant it so; but it is by interaction that she asks, so bob loses it."""
    [interaction] = cast.fill(1)
    alice.take()
    bobs = Agent.objects.get(user__username="bob").pk
    with another_connection() as other, crowd() as people:
        other.execute(LOCK_INTERACTION)
        revoking = people.start(lambda: lena.revoke(interaction))
        until_waiting()
        other.execute(HAND_OVER, [bobs, Session.objects.get(agent=bobs).pk])
        other.commit()
        assert revoking().ok()["interaction"]["party"] is None
    assert [(one["event"], one["reason"]) for one in bob.mail()] == [("EventRevoked", "Revoked")]


def test_a_deadlock_is_tried_again(alice: Desk, gateway: Application, log: Log) -> None:
    """Somebody takes the locks in the wrong order; whoever asks us notices nothing."""
    [interaction] = cast.fill(1)
    alice.take()
    log.skip()
    with another_connection() as other, crowd() as people:
        other.execute("SET LOCAL deadlock_timeout = '20s'")  # so that it is ours that is ended
        other.execute("SELECT FROM interactions_party FOR UPDATE")
        stopping = people.start(lambda: gateway.stop(interaction))
        until_waiting()
        other.execute(LOCK_INTERACTION)
        other.commit()
        assert stopping().ok()["interaction"]["state"] == "stopped"
    assert [event["event"] for event in log.new()] == ["EventPartyRemoved", "EventProcessingStopped"]


def test_a_connection_that_died_is_replaced(alice: Desk, gateway: Application, log: Log) -> None:
    """The database was restarted, say. Nothing was sent, so nothing is in doubt."""
    [interaction] = cast.fill(1)
    log.skip()
    kill_ours()
    assert [one["id"] for one in alice.pull()] == [interaction]
    assert [event["event"] for event in log.new()] == ["EventTakenFromQueue", "EventPartyAdded"]


def kill_ours() -> None:
    run("SELECT set_config('application_name', 'doomed', false)")
    with another_connection() as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'"
        )


def test_a_commit_that_is_lost_leaves_nothing_behind(alice: Desk) -> None:
    """Killed while it waits for a lock: the whole command is undone, and done again."""
    [interaction] = cast.fill(1)
    party = alice.take()
    with another_connection() as other, crowd() as people:
        other.execute(LOCK_INTERACTION)
        stopping = people.start(lambda: alice.stop_held(party))
        until_waiting()
        other.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE wait_event_type = 'Lock' AND datname = current_database()"""
        )
        other.commit()
        stopping().ok()
    assert state()[interaction][0] == "stopped"
    assert not Party.objects.filter(ended_at=None).exists()


def test_a_request_saves_a_session_that_was_about_to_idle_out(alice: Desk, log: Log) -> None:
    """Idle when the server looked; it had sent a request when the server had the lock."""
    let_pass(3601)
    log.skip()
    agent = Agent.objects.get(user__username="alice").pk
    with another_connection() as other, crowd() as people:
        other.execute("SELECT FROM interactions_agent WHERE id = %s FOR NO KEY UPDATE", [agent])
        ending = people.start(sessions.end_idle_sessions)
        until_waiting()
        other.execute("UPDATE interactions_session SET last_request_at = now() WHERE agent_id = %s", [agent])
        other.commit()
        ending()
    assert log.brief() == []
    alice.get("parties").ok()


@pytest.mark.parametrize("who", ["gateway", "alice"])
def test_an_external_id_given_up_between_two_looks(
    alice: Desk, gateway: Application, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Known when it was to be new, and not when it was to be found: it is new after all."""
    known = gateway.submit(external_id="mail-1").ok(201)["interaction"]["id"]
    find = change.ids_of_external

    def find_too_late(ids: Collection[str]) -> dict[str, int]:
        monkeypatch.setattr(change, "ids_of_external", find)
        with crowd() as people:
            people.start(lambda: gateway.change(known, external_id="mail-2"))().ok()
        return find(ids)

    monkeypatch.setattr(change, "ids_of_external", find_too_late)
    reply = {"gateway": gateway, "alice": alice}[who].submit(external_id="mail-1")
    assert reply.ok(201)["interaction"]["id"] != known
    audit()
