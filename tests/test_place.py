"""Place in a queue, place in a workbin: by the party; by an admin without."""

import pytest

from interactions.models import Interaction, Queue
from tests import cast
from tests.applications import Application, Desk, Log, Reply, brief
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

REMOVED = "EventPartyRemoved PlaceInQueue Placed by agent @email-support"


def turn_of(interaction: int) -> int:
    return Interaction.objects.values_list("place_in_queue_seq", flat=True).get(pk=interaction)


def test_back_where_it_stood_at_a_new_turn(alice: Desk, log: Log) -> None:
    first, second = cast.fill(2)
    party, turn = alice.take(), turn_of(first)
    log.skip()

    reply = alice.place_in_queue(party).ok()

    assert reply["event"] == "EventAck"
    placed = reply["interaction"]
    assert (placed["id"], placed["state"], placed["party"]) == (first, "queued", None)
    assert placed == alice.look(first)
    events = log.new()
    assert brief(events) == [REMOVED, "EventPlacedInQueue PlaceInQueue by agent @email-support"]
    assert {event["party"] for event in events} == {party["id"]}
    assert turn_of(first) > turn
    assert [one["id"] for one in alice.pull(count=2)] == [second, first]
    assert alice.mail() == []


def test_into_another_queue(alice: Desk, gateway: Application, log: Log) -> None:
    """Any public queue, also one that the agent may not pull from."""
    cast.queue("sales", "sales-team")
    cast.fill(1)
    party = alice.take()
    before = gateway.look(party["interaction"])
    let_pass(5)
    log.skip()

    placed = alice.place_in_queue(party, queue="sales").ok()["interaction"]

    assert (placed["queue"], placed["state"]) == ("sales", "queued")
    assert placed["moved_to_queue_at"] == before["moved_to_queue_at"]  # set the first time only
    assert placed["placed_in_queue_at"] > before["placed_in_queue_at"]
    assert log.brief() == [REMOVED, "EventPlacedInQueue PlaceInQueue by agent @sales"]


def test_into_a_workbin(alice: Desk, log: Log) -> None:
    drafts = cast.drafts_of("alice")
    alice.subscribe(drafts)
    cast.fill(1)
    party = alice.take()
    log.skip()

    placed = alice.place_in_workbin(party, drafts).ok()["interaction"]

    assert (placed["queue"], placed["workbin"], placed["state"]) == (None, drafts, "queued")
    assert log.brief() == [
        "EventPartyRemoved PlaceInWorkbin Placed by agent @email-support",
        "EventPlacedInQueue PlaceInWorkbin by agent @workbin",
        "EventPlacedInWorkbin PlaceInWorkbin by agent @workbin",
    ]
    added = {"workbin": drafts, "operation": "Added", "interaction": party["interaction"]}
    assert alice.mail() == [{"event": "EventWorkbinContentChanged", **added}]


@pytest.mark.parametrize("queue", [None, cast.SUPPORT])
def test_from_a_workbin(alice: Desk, log: Log, queue: str | None) -> None:
    """Without a queue it goes back into the workbin, as if placed there."""
    drafts = cast.drafts_of("alice")
    alice.subscribe(drafts)
    cast.fill(1, drafts)
    [pulled] = alice.post(f"workbins/{drafts}/pull", count=1).ok()["interactions"]
    log.skip()
    alice.mail()

    placed = alice.place_in_queue(pulled["party"], **({"queue": queue} if queue else {})).ok()["interaction"]

    added = {"workbin": drafts, "operation": "Added", "interaction": pulled["id"]}
    if queue:
        assert (placed["queue"], placed["workbin"]) == (queue, None)
        assert log.brief() == [
            "EventPartyRemoved PlaceInQueue Placed by agent @workbin",
            "EventPlacedInQueue PlaceInQueue by agent @email-support",
        ]
        assert alice.mail() == []  # it was removed when it was pulled
    else:
        assert (placed["queue"], placed["workbin"]) == (None, drafts)
        assert log.brief() == [
            "EventPartyRemoved PlaceInWorkbin Placed by agent @workbin",
            "EventPlacedInQueue PlaceInWorkbin by agent @workbin",
            "EventPlacedInWorkbin PlaceInWorkbin by agent @workbin",
        ]
        assert alice.mail() == [{"event": "EventWorkbinContentChanged", **added}]


def place_without(desk: Desk, interaction: int, queue: str) -> Reply:
    return desk.post(f"interactions/{interaction}/place-in-queue", queue=queue)


def test_an_admin_places_what_waits_in_a_workbin(root: Desk, alice: Desk, log: Log) -> None:
    drafts = cast.drafts_of("alice")
    alice.subscribe(drafts)
    [interaction] = cast.fill(1, drafts)
    log.skip()
    alice.mail()
    place_without(root, interaction, cast.SUPPORT).ok()
    assert log.brief() == ["EventPlacedInQueue PlaceInQueue by admin @email-support"]
    removed = {"workbin": drafts, "operation": "Removed", "interaction": interaction}
    assert alice.mail() == [{"event": "EventWorkbinContentChanged", **removed}]


def test_an_admin_places_what_another_holds(root: Desk, alice: Desk, log: Log) -> None:
    cast.fill(1)
    party = alice.take()
    log.skip()
    place_without(root, party["interaction"], cast.SUPPORT).ok()
    assert log.brief() == [
        "EventPartyRemoved PlaceInQueue Placed by admin @email-support",
        "EventPlacedInQueue PlaceInQueue by admin @email-support",
    ]
    assert [(one["event"], one["reason"]) for one in alice.mail()] == [("EventRevoked", "Placed")]


def test_an_admin_places_what_is_overdue(root: Desk, alice: Desk, log: Log) -> None:
    """It expired first, and is told so."""
    cast.fill(1)
    party = alice.take()
    make_overdue(party["interaction"])
    log.skip()
    place_without(root, party["interaction"], cast.SUPPORT).ok()
    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
        "EventPlacedInQueue PlaceInQueue by admin @email-support",
    ]
    assert [(one["event"], one["reason"]) for one in alice.mail()] == [("EventRevoked", "Expired")]


def test_others_need_a_party(alice: Desk, lena: Desk, gateway: Application, log: Log) -> None:
    cast.fill(1)
    party = alice.take()
    log.skip()
    for desk in (alice, lena):
        errors = place_without(desk, party["interaction"], cast.SUPPORT).refused(400, "invalid")["errors"]
        assert errors.keys() == {"party"}
    gateway.post(f"interactions/{party['interaction']}/place-in-queue").refused(403, "not_permitted")
    assert log.new() == []


def test_places_that_are_none(alice: Desk) -> None:
    cast.agent("bob", cast.TEAM)
    cast.fill(1)
    party = alice.take()
    alice.place_in_queue(party, queue="nowhere").refused(404, "not_found")
    private = cast.drafts_of("bob")
    alice.place_in_queue(party, queue=Queue.objects.get(pk=private).name).refused(404, "not_found")
    alice.place_in_workbin(party, private).refused(404, "not_found")
    alice.place_in_workbin(party, 999_999).refused(404, "not_found")
    assert [held["id"] for held in alice.parties()] == [party["id"]]
