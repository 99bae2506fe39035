"""The model "Agent Pulls Interaction", phase by phase: the exact messages of both protocols, in order."""

from typing import Any

import pytest

from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Json, Log
from tests.clock import let_pass

pytestmark = pytest.mark.django_db(transaction=True)

ALICE = {"kind": "agent", "name": "alice"}
TIMER = {"kind": "timer", "name": "revocation"}
WAITED = {"waited_seconds"}
TERMS = {"handling_timeout", "deadline_at", "expires_at"}
HANDLED = {"joined_at", "handling_seconds", "last_reset_at"}
LATE = {"deadline_at", "late_seconds"}


def shown(event: Json) -> Json:
    """An event without what no scene can know: its number, its time and its attributes' values."""
    members = {name: value for name, value in event.items() if name not in ("id", "at")}
    return members | {"attributes": set(event["attributes"])}


def told(party: Json, event: str, operation: str, actor: Json, keys: set[str], **more: Any) -> Json:
    """What the log must say of alice's party."""
    return {
        "event": event,
        "interaction": party["interaction"],
        "external_id": "<1@example.org>",
        "media_type": "email",
        "queue": party["queue"],
        "workbin": party["workbin"],
        "agent": "alice",
        "session": more.pop("session"),
        "place": "desk-17",
        "party": party["id"],
        "operation": operation,
        "reason": None,
        "actor": actor,
        "attributes": keys,
        **more,
    }


@pytest.fixture
def alice(support: str) -> Desk:
    """At a desk, so that the log can name it."""
    cast.place("desk-17")
    cast.agent("alice", cast.TEAM)
    return cast.log_in("alice", place="desk-17")


def submit(gateway: Application, **where: Any) -> int:
    reply = gateway.post("interactions", media_type="email", external_id="<1@example.org>", **where)
    return reply.ok(201)["interaction"]["id"]


def session_of(desk: Desk) -> int:
    return desk.get("sessions/current").ok()["session"]["id"]


def test_pull_from_a_queue(alice: Desk, gateway: Application, log: Log) -> None:
    interaction, session = submit(gateway, queue=cast.SUPPORT), session_of(alice)
    log.skip()

    reply = alice.post("queues/email-support/pull").ok()

    assert set(reply) == {"event", "server_time", "interactions"}
    assert reply["event"] == "EventPulledInteractions"
    [pulled] = reply["interactions"]
    party = pulled["party"]
    assert (pulled["id"], pulled["state"], pulled["queue"]) == (interaction, "handling", cast.SUPPORT)
    assert (party["interaction"], party["agent"], party["operation"]) == (interaction, "alice", "Pull")
    assert (party["queue"], party["workbin"], party["joined_at"]) == (
        cast.SUPPORT,
        None,
        reply["server_time"],
    )
    assert pulled == gateway.look(interaction)
    events = log.new()
    assert [shown(event) for event in events] == [
        told(party, "EventTakenFromQueue", "Pull", ALICE, WAITED, session=session),
        told(party, "EventPartyAdded", "Pull", ALICE, TERMS, session=session),
    ]
    assert {event["at"] for event in events} == {reply["server_time"]}
    assert alice.mail() == []


def test_pull_from_a_workbin(alice: Desk, gateway: Application, log: Log) -> None:
    drafts, session = cast.drafts_of("alice"), session_of(alice)
    interaction = submit(gateway, workbin=drafts)
    alice.subscribe(drafts)
    log.skip()

    reply = alice.post(f"workbins/{drafts}/pull", interactions=[interaction]).ok()

    assert reply["event"] == "EventPulledInteractions"
    [party] = [pulled["party"] for pulled in reply["interactions"]]
    assert (party["queue"], party["workbin"]) == (None, drafts)
    assert [shown(event) for event in log.new()] == [
        told(party, "EventTakenFromQueue", "Pull", ALICE, WAITED, session=session),
        told(party, "EventTakenFromWorkbin", "Pull", ALICE, WAITED, session=session),
        told(party, "EventPartyAdded", "Pull", ALICE, TERMS, session=session),
    ]
    changed = {"workbin": drafts, "operation": "Removed", "interaction": interaction}
    assert alice.mail() == [{"event": "EventWorkbinContentChanged", **changed}]


def test_any_request_resets_the_timer_and_is_no_event(alice: Desk, gateway: Application, log: Log) -> None:
    submit(gateway, queue=cast.SUPPORT)
    party = alice.take()
    log.skip()
    let_pass(500)

    alice.get("queues").ok()

    let_pass(500)  # far beyond the first deadline
    revoke_due()
    [held] = alice.parties()
    assert held["id"] == party["id"]
    assert held["deadline_at"] > party["deadline_at"]
    assert log.new() == []
    assert alice.mail() == []


def test_without_a_request_it_is_revoked(alice: Desk, gateway: Application, log: Log) -> None:
    interaction, session = submit(gateway, queue=cast.SUPPORT), session_of(alice)
    party = alice.take()
    log.skip()
    let_pass(601)

    revoke_due()

    found = gateway.look(interaction)
    assert (found["state"], found["queue"], found["party"]) == ("queued", cast.SUPPORT, None)
    assert found["revocation_count"] == 1
    events = log.new()
    expired = {"session": session, "reason": "Expired"}
    assert [shown(event) for event in events] == [
        told(party, "EventPartyRemoved", "Revoke", TIMER, HANDLED, **expired),
        told(party, "EventRevoked", "Revoke", TIMER, LATE, **expired),
    ]
    assert all(event["at"] >= events[1]["attributes"]["deadline_at"] for event in events)
    where = {"queue": cast.SUPPORT, "workbin": None}
    revoked = {"interaction": interaction, "party": party["id"], "reason": "Expired", **where}
    assert alice.mail() == [{"event": "EventRevoked", **revoked}]


def test_from_a_workbin_it_returns_there(alice: Desk, gateway: Application, log: Log) -> None:
    drafts, session = cast.drafts_of("alice"), session_of(alice)
    interaction = submit(gateway, workbin=drafts, handling_timeout=60)
    alice.subscribe(drafts)
    [pulled] = alice.post(f"workbins/{drafts}/pull", count=1).ok()["interactions"]
    party = pulled["party"]
    log.skip()
    alice.mail()
    let_pass(61)

    revoke_due()

    content = alice.get(f"workbins/{drafts}/content").ok()["interactions"]
    assert [waiting["id"] for waiting in content] == [interaction]
    expired = {"session": session, "reason": "Expired"}
    assert [shown(event) for event in log.new()] == [
        told(party, "EventPartyRemoved", "Revoke", TIMER, HANDLED, **expired),
        told(party, "EventRevoked", "Revoke", TIMER, LATE, **expired),
    ]
    returned = {"workbin": drafts, "operation": "Returned", "interaction": interaction}
    revoked = {"interaction": interaction, "party": party["id"], "queue": None, "workbin": drafts}
    mail = sorted(alice.mail(), key=lambda message: message["event"])
    assert mail == [
        {"event": "EventRevoked", **revoked, "reason": "Expired"},
        {"event": "EventWorkbinContentChanged", **returned},
    ]


def test_a_hold_in_time_is_not_revoked(alice: Desk, gateway: Application, log: Log) -> None:
    """The twin: the timer ends what is due and nothing else."""
    submit(gateway, queue=cast.SUPPORT)
    party = alice.take()
    log.skip()
    let_pass(580)

    revoke_due()

    assert log.new() == []
    assert [held["id"] for held in alice.parties()] == [party["id"]]
