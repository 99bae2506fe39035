"""What each reporting event carries: its members, its attributes and their values."""

from collections.abc import Callable
from datetime import datetime

import pytest

from interactions import sessions
from interactions.signals import Actor
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Json, Log
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

MEMBERS = {
    "id",
    "event",
    "at",
    "interaction",
    "external_id",
    "media_type",
    "queue",
    "workbin",
    "agent",
    "session",
    "place",
    "party",
    "operation",
    "reason",
    "actor",
    "attributes",
}
ATTRIBUTES = {
    "EventAgentLogin": {"application", "is_first"},
    "EventAgentLogout": {"started_at", "is_last"},
    "EventInteractionSubmitted": {"interaction_type", "interaction_subtype", "parent", "priority"},
    "EventPlacedInQueue": {"from_queue", "from_workbin"},
    "EventPlacedInWorkbin": {"from_queue", "from_workbin"},
    "EventTakenFromQueue": {"waited_seconds"},
    "EventTakenFromWorkbin": {"waited_seconds"},
    "EventPartyAdded": {"handling_timeout", "deadline_at", "expires_at"},
    "EventPartyRemoved": {"joined_at", "handling_seconds", "last_reset_at"},
    "EventRevoked": {"deadline_at", "late_seconds"},
    "EventProcessingStopped": set(),
    "EventPropertiesChanged": {"added", "changed", "deleted", "revision"},
}
OPERATIONS = {
    "Submit",
    "Pull",
    "PlaceInQueue",
    "PlaceInWorkbin",
    "StopProcessing",
    "ChangeProperties",
    "Revoke",
    "Login",
    "Logout",
}


@pytest.fixture
def alice(support: str) -> Desk:
    """At a desk, which the log names, whatever happens to her holds."""
    cast.place("desk-17")
    cast.agent("alice", cast.TEAM)
    return cast.log_in("alice", place="desk-17")


def take(desk: Desk, workbin: int) -> Json:
    [interaction] = desk.post(f"workbins/{workbin}/pull", count=1).ok()["interactions"]
    return interaction["party"]


def named(events: list[Json], name: str) -> Json:
    [found] = [event for event in events if event["event"] == name]
    return found


def test_every_kind_of_event(alice: Desk, root: Desk, lena: Desk, gateway: Application, log: Log) -> None:
    """One floor on which each kind happens, out of a queue and out of a workbin."""
    drafts = cast.drafts_of("alice")
    gateway.submit(external_id="<1@example.org>").ok(201)
    gateway.submit(workbin=drafts).ok(201)
    gateway.change(alice.take()["interaction"], user_data={"a": 1}).ok()
    alice.place_in_workbin(alice.parties()[0], drafts).ok()
    make_overdue(take(alice, drafts)["interaction"])
    revoke_due()
    lena.revoke(take(alice, drafts)["interaction"]).ok()
    root.stop(take(alice, drafts)["interaction"]).ok()
    alice.place_in_queue(alice.submit().ok(201)["interaction"]["party"]).ok()
    alice.log_out().ok(204)

    events = log.new()

    assert {event["event"] for event in events} == set(ATTRIBUTES)
    assert {event["operation"] for event in events} == OPERATIONS
    assert {event["actor"]["kind"] for event in events} == {"agent", "service", "admin", "timer"}
    assert [event["id"] for event in events] == sorted({event["id"] for event in events})
    for event in events:
        assert set(event) == MEMBERS
        assert set(event["actor"]) == {"kind", "name"}
        assert event["queue"] in (None, cast.SUPPORT)
        assert event["workbin"] in (None, drafts)
        of_session = event["event"] in ("EventAgentLogin", "EventAgentLogout")
        assert (event["interaction"] is None) is of_session
        assert (event["queue"] is None) is (event["workbin"] is not None or of_session), event
        if not (event["event"].startswith("EventPlaced") and not event["attributes"]):  # of a submission
            assert set(event["attributes"]) == ATTRIBUTES[event["event"]], event
        if event["agent"] == "alice":
            assert event["place"] == "desk-17"
        if event["party"] is not None:
            assert (event["agent"], event["media_type"]) == ("alice", "email")


def test_what_a_service_submits_has_no_agent(gateway: Application, log: Log) -> None:
    log.skip()
    gateway.submit(workbin=cast.workbin_of(cast.group(cast.TEAM), "agent_group")).ok(201)
    for event in log.new():
        of_nobody = ("agent", "session", "place", "party")
        assert [event[name] for name in of_nobody] == [None] * 4
        assert event["actor"] == {"kind": "service", "name": "mail-gateway"}


# --- Spans and instants -----------------------------------------------------------------------------


def test_how_long_it_was_held(alice: Desk, lena: Desk, log: Log) -> None:
    """joined_at is the party's; last_reset_at the last request's; handling_seconds from the pull on."""
    cast.fill(1)
    party = alice.take()
    log.skip()
    let_pass(100)
    reset_at = alice.keep_alive().ok()["server_time"]
    let_pass(50)
    lena.revoke(party["interaction"]).ok()
    [removed, _] = log.new()
    found = removed["attributes"]
    at, joined_at, last = (
        datetime.fromisoformat(text) for text in (removed["at"], found["joined_at"], found["last_reset_at"])
    )
    assert found["handling_seconds"] == pytest.approx((at - joined_at).total_seconds(), abs=0.001)
    assert 150 <= found["handling_seconds"] < 170
    assert 50 <= (at - last).total_seconds() < 60
    assert (datetime.fromisoformat(reset_at) - last).total_seconds() == pytest.approx(50, abs=5)


def test_how_late_it_was_revoked(alice: Desk, log: Log) -> None:
    cast.fill(1)
    alice.take()
    let_pass(607)
    log.skip()
    revoke_due()
    revoked = named(log.new(), "EventRevoked")
    late = datetime.fromisoformat(revoked["at"]) - datetime.fromisoformat(
        revoked["attributes"]["deadline_at"]
    )
    assert revoked["attributes"]["late_seconds"] == pytest.approx(late.total_seconds(), abs=0.001)
    assert 7 <= revoked["attributes"]["late_seconds"] < 17


def test_revoked_by_hand_it_is_not_late(alice: Desk, lena: Desk, log: Log) -> None:
    """Its deadline lies ahead; what the supervisor said is kept."""
    cast.fill(1)
    party = alice.take()
    log.skip()
    lena.revoke(party["interaction"], reason="lunch").ok()
    revoked = named(log.new(), "EventRevoked")
    assert revoked["attributes"] == {
        "deadline_at": party["deadline_at"],
        "late_seconds": 0.0,
        "comment": "lunch",
    }
    assert revoked["actor"] == {"kind": "agent", "name": "lena"}


def placed(alice: Desk, lena: Desk, interaction: int) -> Desk:
    alice.place_in_queue(alice.take()).ok()
    return alice


def revoked_by_hand(alice: Desk, lena: Desk, interaction: int) -> Desk:
    alice.take()
    lena.revoke(interaction).ok()
    return alice


def logged_out(alice: Desk, lena: Desk, interaction: int) -> Desk:
    alice.take()
    alice.log_out().ok(204)
    return cast.log_in("alice")


def expired(alice: Desk, lena: Desk, interaction: int) -> Desk:
    alice.take()
    make_overdue(interaction)
    revoke_due()
    return alice


def only_changed(alice: Desk, lena: Desk, interaction: int) -> Desk:
    lena.change(interaction, priority=3).ok()
    return alice


@pytest.mark.parametrize(
    ("happen", "is_anew"),
    [
        (placed, True),
        (revoked_by_hand, True),
        (logged_out, True),
        (expired, True),
        (only_changed, False),  # the twin
    ],
)
def test_how_long_it_waited(
    alice: Desk, lena: Desk, log: Log, happen: Callable[[Desk, Desk, int], Desk], is_anew: bool
) -> None:
    """Since it last began to wait, whatever it was that began it."""
    [interaction] = cast.fill(1)
    let_pass(100)
    alice = happen(alice, lena, interaction)
    let_pass(30)
    log.skip()
    alice.take()
    waited = named(log.new(), "EventTakenFromQueue")["attributes"]["waited_seconds"]
    assert (30 if is_anew else 130) <= waited < (40 if is_anew else 140)


def test_how_long_an_agents_submission_waited(alice: Desk, lena: Desk, log: Log) -> None:
    """From its release on: before, it waited for nobody. The workbin's event says the same."""
    drafts = cast.drafts_of("alice")
    made = alice.submit(workbin=drafts).ok(201)["interaction"]
    let_pass(100)
    lena.revoke(made["id"]).ok()
    let_pass(30)
    log.skip()
    take(alice, drafts)
    events = log.new()
    queue, workbin = named(events, "EventTakenFromQueue"), named(events, "EventTakenFromWorkbin")
    assert 30 <= queue["attributes"]["waited_seconds"] < 40
    assert workbin["attributes"] == queue["attributes"]


# --- Who ----------------------------------------------------------------------------------------------


def test_a_session_ended_by_an_admin(alice: Desk, log: Log) -> None:
    """The events are of alice at her desk, and say whose doing it was."""
    cast.fill(1)
    party = alice.take()
    session = alice.get("sessions/current").ok()["session"]["id"]
    log.skip()
    sessions.end_session(Actor("admin", "root"), session)
    removed, left = log.new()
    assert (removed["event"], removed["reason"]) == ("EventPartyRemoved", "LoggedOut")
    assert (left["event"], left["reason"]) == ("EventAgentLogout", "LoggedOut")
    for event in (removed, left):
        assert (event["agent"], event["session"], event["place"]) == ("alice", session, "desk-17")
        assert event["actor"] == {"kind": "admin", "name": "root"}
    assert (removed["party"], left["party"], left["attributes"]["is_last"]) == (party["id"], None, True)


def test_the_party_keeps_the_session_that_pulled_it(alice: Desk, log: Log) -> None:
    """Another session of the same agent, at no desk, stops it."""
    cast.fill(1)
    party = alice.take()
    session = alice.get("sessions/current").ok()["session"]["id"]
    second = cast.log_in("alice")
    log.skip()
    second.stop_held(party).ok()
    for event in log.new():
        assert (event["session"], event["place"]) == (session, "desk-17")


def test_time_ends_it_whoever_finds_out(alice: Desk, lena: Desk, log: Log) -> None:
    cast.fill(1)
    party = alice.take()
    make_overdue(party["interaction"])
    log.skip()
    lena.stop(party["interaction"]).ok()
    events = log.new()
    assert [(event["event"], event["actor"], event["operation"]) for event in events] == [
        ("EventPartyRemoved", {"kind": "timer", "name": "revocation"}, "Revoke"),
        ("EventRevoked", {"kind": "timer", "name": "revocation"}, "Revoke"),
        ("EventProcessingStopped", {"kind": "agent", "name": "lena"}, "StopProcessing"),
    ]
    assert [event["party"] for event in events] == [party["id"], party["id"], None]
