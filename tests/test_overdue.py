"""A hold whose deadline has passed is over, whether or not a worker ran."""

import pytest

from interactions.models import Agent, Party
from interactions.tasks import revoke_due
from reporting.models import Event
from tests import cast
from tests.applications import Application, Desk, Log, brief
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

EXPIRED = [
    "EventPartyRemoved Revoke Expired by timer @email-support",
    "EventRevoked Revoke Expired by timer @email-support",
]
PULLED = ["EventTakenFromQueue Pull by agent @email-support", "EventPartyAdded Pull by agent @email-support"]


def test_handed_out_after_the_waiting_ones(alice: Desk, bob: Desk, log: Log) -> None:
    overdue, waiting = cast.fill(2)
    party = alice.take()
    make_overdue(overdue)
    log.skip()

    pulled = bob.pull(count=2)

    assert [one["id"] for one in pulled] == [waiting, overdue]
    assert pulled[1]["revocation_count"] == 1
    events = log.new()
    assert [line for line in brief(events) if "timer" in line] == EXPIRED
    of_overdue = [event for event in events if event["interaction"] == overdue]
    assert brief(of_overdue) == EXPIRED + PULLED
    assert [event["agent"] for event in of_overdue] == ["alice", "alice", "bob", "bob"]
    assert [(one["event"], one["party"]) for one in alice.mail()] == [("EventRevoked", party["id"])]


def test_waiting_ones_are_enough(alice: Desk, bob: Desk, log: Log) -> None:
    """The twin: nothing is revoked for a pull that need not."""
    overdue, waiting = cast.fill(2)
    alice.take()
    make_overdue(overdue)
    log.skip()
    assert [one["id"] for one in bob.pull()] == [waiting]
    assert log.brief() == PULLED


def test_in_queue_order_up_to_count(alice: Desk, bob: Desk) -> None:
    low, high, last = *cast.fill(1, priority=-1), *cast.fill(1, priority=9), *cast.fill(1)
    alice.pull(count=3)
    make_overdue(low, high, last)
    assert [one["id"] for one in bob.pull(count=2)] == [high, last]
    assert Party.objects.get(interaction=low).ended_at is None


def test_of_the_media_types_asked_for(alice: Desk, bob: Desk) -> None:
    cast.media_type("chat")
    [mail] = cast.fill(1)
    alice.take()
    make_overdue(mail)
    assert bob.pull(media_types=["chat"]) == []
    assert Party.objects.get(interaction=mail).ended_at is None
    assert [one["id"] for one in bob.pull(media_types=["email", "chat"])] == [mail]


def test_up_to_the_capacity(alice: Desk, bob: Desk) -> None:
    waiting = cast.fill(3)
    Agent.objects.filter(user__username="bob").update(capacity=2)
    alice.pull(count=3)
    make_overdue(*waiting)
    assert [one["id"] for one in bob.pull(count=3)] == waiting[:2]
    assert Party.objects.get(interaction=waiting[2]).ended_at is None


def test_to_its_late_holder_as_to_any_other(alice: Desk) -> None:
    cast.fill(1)
    party = alice.take()
    make_overdue(party["interaction"])
    again = alice.take()
    assert again["interaction"] == party["interaction"]
    assert again["id"] != party["id"]


def test_by_id(alice: Desk, lena: Desk, log: Log) -> None:
    drafts = cast.drafts_of("alice")
    overdue, waiting = cast.fill(2, drafts)
    lena.post(f"workbins/{drafts}/pull", interactions=[overdue]).ok()
    alice.subscribe(drafts)
    make_overdue(overdue)
    log.skip()

    pull = alice.post(f"workbins/{drafts}/pull", interactions=[waiting, overdue]).ok()

    assert [one["id"] for one in pull["interactions"]] == [overdue, waiting]
    assert brief(event for event in log.new() if event["interaction"] == overdue) == [
        "EventPartyRemoved Revoke Expired by timer @workbin",
        "EventRevoked Revoke Expired by timer @workbin",
        "EventTakenFromQueue Pull by agent @workbin",
        "EventTakenFromWorkbin Pull by agent @workbin",
        "EventPartyAdded Pull by agent @workbin",
    ]
    changes = [(one["operation"], one["interaction"]) for one in alice.mail()]
    assert changes == [("Returned", overdue), ("Removed", overdue), ("Removed", waiting)]


def test_it_waits_anew_from_its_revocation_on(alice: Desk, bob: Desk, log: Log) -> None:
    """What it waited before, and how long alice had it, are not counted again."""
    cast.fill(1)
    let_pass(50)
    alice.take()
    [first] = [event for event in log.new() if event["event"] == "EventTakenFromQueue"]
    let_pass(601)
    revoke_due()
    let_pass(20)
    bob.take()
    [removed] = [event for event in log.new() if event["event"] == "EventPartyRemoved"]
    [second] = Event.objects.filter(event="EventTakenFromQueue", agent="bob")
    assert 50 <= first["attributes"]["waited_seconds"] < 60
    assert 601 <= removed["attributes"]["handling_seconds"] < 611
    assert 20 <= second.attributes["waited_seconds"] < 30


def test_no_list_of_holds_has_it(alice: Desk) -> None:
    cast.fill(1)
    party = alice.take()
    make_overdue(party["interaction"])
    assert alice.parties() == []
    assert alice.keep_alive().ok()["parties"] == []


def test_the_timer_in_batches(alice: Desk, gateway: Application, log: Log) -> None:
    """More than one batch, the longest overdue first, each once."""
    held = cast.fill(620)
    for _ in range(7):
        alice.pull(count=100)
    make_overdue(*held)
    log.skip()
    revoke_due()
    events = log.new()
    removed = [event["interaction"] for event in events if event["event"] == "EventPartyRemoved"]
    assert sorted(removed) == held
    assert len(events) == 2 * len(held)
    assert not Party.objects.filter(ended_at=None).exists()
