"""A hold belongs to an agent, not to a session: several at once, a crash, and the last one's end."""

import functools

import pytest

from interactions import sessions
from interactions.models import Party
from interactions.sql import run
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Log
from tests.clock import let_pass
from tests.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def deadlines() -> list[float]:
    return sorted(party.deadline_at.timestamp() for party in Party.objects.filter(ended_at=None))


def test_any_session_resets_what_any_session_pulled(alice: Desk, log: Log) -> None:
    second, third = cast.log_in("alice"), cast.log_in("alice")
    cast.fill(2)
    alice.take()
    second.take()
    let_pass(300)
    before = deadlines()
    log.skip()

    third.get("queues").ok()

    assert all(after - then > 299 for after, then in zip(deadlines(), before, strict=True))
    assert log.new() == []


def test_after_a_crash(alice: Desk, gateway: Application, log: Log) -> None:
    """The desktop lost its token, logs in again, and goes on with what it held."""
    cast.fill(2)
    held = [one["party"]["id"] for one in alice.pull(count=2)]
    log.skip()

    back = cast.log_in("alice")
    found = back.parties()
    assert [party["id"] for party in found] == held
    back.stop_held(found[0]).ok()
    back.place_in_queue(found[1]).ok()

    events = log.new()
    assert [(event["event"], event["party"]) for event in events] == [
        ("EventAgentLogin", None),
        ("EventPartyRemoved", held[0]),
        ("EventProcessingStopped", held[0]),
        ("EventPartyRemoved", held[1]),
        ("EventPlacedInQueue", held[1]),
    ]
    assert [gateway.look(party["interaction"])["state"] for party in found] == ["stopped", "queued"]


def test_sessions_end_one_by_one(alice: Desk, log: Log) -> None:
    second = cast.log_in("alice")
    cast.fill(1)
    party = alice.take()
    log.skip()

    alice.log_out().ok(204)
    second.log_out().ok(204)

    assert log.brief() == [
        "EventAgentLogout Logout LoggedOut by agent",
        "EventPartyRemoved Logout LoggedOut by agent @email-support",
        "EventAgentLogout Logout LoggedOut by agent",
    ]
    back = cast.log_in("alice")
    assert back.stop_held(party).refused(409, "not_held")["reason"] == "logged_out"


def test_two_last_sessions_end_at_once(alice: Desk, log: Log) -> None:
    """One of them is the last, whichever: the hold ends, and once."""
    second = cast.log_in("alice")
    cast.fill(1)
    alice.take()
    log.skip()

    at_once(alice.log_out, second.log_out)

    assert sorted(log.brief()) == [
        "EventAgentLogout Logout LoggedOut by agent",
        "EventAgentLogout Logout LoggedOut by agent",
        "EventPartyRemoved Logout LoggedOut by agent @email-support",
    ]


def test_a_session_does_not_idle_out_beside_a_hold(alice: Desk, log: Log) -> None:
    """Neither the one that pulled nor the other one; with the hold's end both do."""
    second = cast.log_in("alice")
    cast.fill(1, handling_timeout=7200)
    party = alice.take()
    let_pass(3700)
    log.skip()

    assert sessions.end_idle_sessions() == 0
    second.stop_held(party).ok()
    run("UPDATE interactions_session SET last_request_at = last_request_at - interval '3700 s'")
    assert sessions.end_idle_sessions() == 2

    assert log.brief() == [
        "EventPartyRemoved StopProcessing Stopped by agent @email-support",
        "EventProcessingStopped StopProcessing by agent @email-support",
        "EventAgentLogout Logout SessionExpired by timer",
        "EventAgentLogout Logout SessionExpired by timer",
    ]


def test_events_keep_a_session_but_no_hold(alice: Desk, log: Log) -> None:
    cast.fill(1)
    alice.take()
    log.skip()
    for _ in range(3):
        let_pass(500)
        alice.mail()
        revoke_due()
    for _ in range(3):
        let_pass(3000)
        alice.mail()
        assert sessions.end_idle_sessions() == 0

    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
    ]
    assert alice.parties() == []


def test_of_two_sessions_the_idle_one_ends(alice: Desk, log: Log) -> None:
    second = cast.log_in("alice")
    let_pass(3000)
    second.get("parties").ok()
    let_pass(700)
    cast.fill(1)
    second.take()
    second.stop_held(second.parties()[0]).ok()
    log.skip()

    assert sessions.end_idle_sessions() == 1

    [event] = log.new()
    assert (event["event"], event["attributes"]["is_last"]) == ("EventAgentLogout", False)
    alice.get("parties").refused(401, "not_authenticated")
    second.get("parties").ok()


def test_a_crowd_of_log_ins_of_one_agent(alice: Desk) -> None:
    comings = [functools.partial(cast.log_in, "alice")] * 6
    tokens = {desk.token for desk in at_once(*comings)}
    assert len(tokens) == 6


def test_the_log_says_which_session_is_the_first_and_which_the_last(alice: Desk, log: Log) -> None:
    alice.log_out().ok(204)
    log.skip()
    one, other = cast.log_in("alice"), cast.log_in("alice")
    started = one.get("sessions/current").ok()["session"]["started_at"]
    one.log_out().ok(204)
    other.log_out().ok(204)

    first, second, left, last = [event["attributes"] for event in log.new()]
    assert (first["is_first"], second["is_first"]) == (True, False)
    assert (left["is_last"], last["is_last"]) == (False, True)
    assert left["started_at"] == started
