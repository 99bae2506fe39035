"""Log in, log out, and sessions that end by themselves."""

import pytest
from django.contrib.auth.models import User

from interactions import sessions
from tests import cast
from tests.applications import Application, Desk, Log, brief
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


def test_log_in(support: str, log: Log) -> None:
    cast.place("desk-17")
    cast.agent("alice", cast.TEAM, employee_id="A1", capacity=5)
    log.skip()
    entrance = Desk("alice", "")

    reply = entrance.post(
        "sessions", username="alice", password=cast.PASSWORD, application="desk", place="desk-17"
    ).ok(201)

    assert set(reply) == {"event", "token", "expires_at", "session", "agent"}
    assert set(reply["session"]) == {"id", "application", "place", "started_at"}
    assert (reply["session"]["application"], reply["session"]["place"]) == ("desk", "desk-17")
    assert reply["agent"] == {
        "username": "alice",
        "employee_id": "A1",
        "groups": [cast.TEAM],
        "is_supervisor": False,
        "capacity": 5,
    }
    current = Desk("alice", reply["token"]).get("sessions/current").ok()
    assert current["session"] == reply["session"]
    assert "token" not in current
    [event] = log.new()
    assert brief([event]) == ["EventAgentLogin Login by agent"]
    assert (event["agent"], event["session"], event["place"]) == ("alice", reply["session"]["id"], "desk-17")


def test_each_log_in_is_told(alice: Desk, log: Log) -> None:
    log.skip()
    cast.log_in("alice")
    cast.log_in("alice")
    assert log.brief() == ["EventAgentLogin Login by agent"] * 2


@pytest.mark.parametrize(("username", "password"), [("alice", "wrong"), ("nobody", cast.PASSWORD)])
def test_wrong_credentials(alice: Desk, log: Log, username: str, password: str) -> None:
    log.skip()
    reply = Desk("", "").post("sessions", username=username, password=password)
    reply.refused(401, "not_authenticated")
    assert log.new() == []


def test_an_unknown_place(alice: Desk) -> None:
    reply = Desk("", "").post("sessions", username="alice", password=cast.PASSWORD, place="nowhere")
    assert reply.refused(400, "invalid")["errors"].keys() == {"place"}


def test_why_a_token_is_no_good(alice: Desk) -> None:
    assert Desk("", "").get("parties").refused(401, "not_authenticated")["reason"] == "missing"
    assert Desk("", "x" * 43).get("parties").refused(401, "not_authenticated")["reason"] == "unknown"
    ended = cast.log_in("alice")
    ended.log_out().ok(204)
    assert ended.get("parties").refused(401, "not_authenticated")["reason"] == "ended"
    let_pass(3601)
    refusal = alice.get("parties")
    assert refusal.refused(401, "not_authenticated")["reason"] == "expired"
    assert refusal.headers["WWW-Authenticate"].startswith("Bearer")


def test_one_of_two_sessions_ends(alice: Desk, log: Log) -> None:
    cast.fill(1)
    second = cast.log_in("alice")
    party = alice.take()
    log.skip()

    alice.log_out().ok(204)

    assert log.brief() == ["EventAgentLogout Logout LoggedOut by agent"]
    assert [held["id"] for held in second.parties()] == [party["id"]]


def test_the_last_session_ends(alice: Desk, bob: Desk, gateway: Application, log: Log) -> None:
    """Of three holds one is overdue, and one is from a workbin that bob watches."""
    team_bin = cast.workbin_of(cast.group(cast.TEAM), "agent_group")
    overdue, fresh, shared = *cast.fill(2), *cast.fill(1, team_bin)
    bob.subscribe(team_bin)
    alice.pull(count=2)
    alice.post(f"workbins/{team_bin}/pull", count=1).ok()
    make_overdue(overdue)
    log.skip()
    bob.mail()

    alice.log_out().ok(204)

    events = log.new()
    assert brief(events) == [
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
        "EventPartyRemoved Logout LoggedOut by agent @email-support",
        "EventPartyRemoved Logout LoggedOut by agent @workbin",
        "EventAgentLogout Logout LoggedOut by agent",
    ]
    assert [event["interaction"] for event in events] == [overdue, overdue, fresh, shared, None]
    found = [gateway.look(interaction) for interaction in (overdue, fresh, shared)]
    assert [one["state"] for one in found] == ["queued"] * 3
    assert [one["revocation_count"] for one in found] == [1, 0, 0]
    returned = {"workbin": team_bin, "operation": "Returned", "interaction": shared}
    assert bob.mail() == [{"event": "EventWorkbinContentChanged", **returned}]
    again = cast.log_in("alice")
    again.cursor = alice.cursor
    assert [(one["event"], one["reason"]) for one in again.mail()] == [("EventRevoked", "Expired")]


def test_idle_sessions_end(alice: Desk, bob: Desk, log: Log) -> None:
    cast.fill(1, handling_timeout=7200)
    bob.take()
    let_pass(3601)
    log.skip()

    sessions.end_idle_sessions()

    events = log.new()
    assert brief(events) == ["EventAgentLogout Logout SessionExpired by timer"]
    assert events[0]["agent"] == "alice"
    assert alice.get("parties").refused(401, "not_authenticated")["reason"] == "ended"
    assert len(bob.parties()) == 1  # who holds something does not idle out


def test_reading_events_keeps_a_session(alice: Desk) -> None:
    let_pass(3000)
    alice.mail()
    let_pass(3000)
    alice.mail()
    sessions.end_idle_sessions()
    alice.get("parties").ok()


def test_the_session_of_a_deactivated_user_ends(alice: Desk, log: Log) -> None:
    User.objects.filter(username="alice").update(is_active=False)
    assert alice.get("parties").refused(401, "not_authenticated")["reason"] == "ended"
    let_pass(3601)
    log.skip()
    sessions.end_idle_sessions()
    assert log.brief() == ["EventAgentLogout Logout SessionExpired by timer"]
