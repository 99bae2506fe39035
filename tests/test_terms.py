"""Whose timeout counts, frozen at the pull; the cap; expiries that park."""

import pytest
from django.conf import settings

from interactions.models import Interaction, MediaType, Queue
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Log, brief
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("own", "queue", "media", "expected"),
    [
        (100, 200, 300, 100),
        (None, 200, 300, 200),
        (None, None, 300, 300),
        (None, None, None, settings.HANDLING_TIMEOUT),
    ],
)
def test_interaction_then_queue_then_media_type_then_server(
    alice: Desk, own: int | None, queue: int | None, media: int | None, expected: int
) -> None:
    Queue.objects.update(handling_timeout=queue)
    MediaType.objects.update(handling_timeout=media)
    cast.fill(1, handling_timeout=own)
    assert alice.take()["handling_timeout"] == expected


def test_frozen_at_the_pull(alice: Desk) -> None:
    cast.fill(1)
    alice.take()
    Queue.objects.update(handling_timeout=5, max_handling_time=5)
    Interaction.objects.update(handling_timeout=5)
    let_pass(300)
    [party] = alice.keep_alive().ok()["parties"]
    assert (party["handling_timeout"], party["expires_at"]) == (600, None)
    let_pass(599)
    assert len(alice.parties()) == 1


def test_the_cap(alice: Desk, log: Log) -> None:
    """No reset goes beyond it, and it ends a hold as Expired, however busy its agent is."""
    Queue.objects.update(max_handling_time=1000)
    cast.fill(1)
    party = alice.take()
    assert party["deadline_at"] < party["expires_at"]
    let_pass(500)
    [held] = alice.keep_alive().ok()["parties"]
    assert held["deadline_at"] == held["expires_at"]
    let_pass(499)
    alice.keep_alive().ok()
    log.skip()
    let_pass(1.5)
    assert alice.keep_alive().ok()["parties"] == []
    revoke_due()
    assert [event["reason"] for event in log.new()] == ["Expired", "Expired"]


def test_a_cap_below_the_timeout(alice: Desk) -> None:
    Queue.objects.update(max_handling_time=60)
    cast.fill(1)
    party = alice.take()
    assert party["deadline_at"] == party["expires_at"]


# --- Parking --------------------------------------------------------------------------------------


@pytest.fixture
def parking(support: str) -> str:
    parked = cast.queue("email-parked", "leads")
    Queue.objects.filter(name=support).update(max_revocations=2, parking_queue=parked)
    return parked.name


def expire(desk: Desk) -> None:
    make_overdue(desk.take()["interaction"])
    revoke_due()


def test_it_parks_when_the_count_exceeds(alice: Desk, root: Desk, log: Log, parking: str) -> None:
    [interaction] = cast.fill(1)
    expire(alice)
    expire(alice)
    before = root.look(interaction)
    assert (before["queue"], before["revocation_count"]) == (cast.SUPPORT, 2)
    turn = Interaction.objects.get(pk=interaction).place_in_queue_seq
    log.skip()

    expire(alice)

    parked = root.look(interaction)
    assert (parked["queue"], parked["state"], parked["revocation_count"]) == (parking, "queued", 0)
    assert parked["moved_to_queue_at"] == before["moved_to_queue_at"]
    assert parked["placed_in_queue_at"] > before["placed_in_queue_at"]
    assert Interaction.objects.get(pk=interaction).place_in_queue_seq > turn
    events = log.new()
    assert brief(events) == [
        "EventTakenFromQueue Pull by agent @email-support",
        "EventPartyAdded Pull by agent @email-support",
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
        "EventPlacedInQueue PlaceInQueue Parked by timer @email-parked",
    ]
    assert events[-1]["attributes"] == {"from_queue": cast.SUPPORT, "from_workbin": None}


def test_placing_sets_the_count_to_nought(alice: Desk, root: Desk, parking: str) -> None:
    [interaction] = cast.fill(1)
    expire(alice)
    expire(alice)
    assert alice.place_in_queue(alice.take()).ok()["interaction"]["revocation_count"] == 0
    expire(alice)
    assert root.look(interaction)["queue"] == cast.SUPPORT


def test_only_expiries_count(alice: Desk, lena: Desk, parking: str) -> None:
    [interaction] = cast.fill(1)
    for _ in range(4):
        alice.take()
        lena.revoke(interaction).ok()
    assert lena.look(interaction)["revocation_count"] == 0
    assert lena.look(interaction)["queue"] == cast.SUPPORT


def test_without_a_parking_queue_nothing_parks(alice: Desk, root: Desk, parking: str) -> None:
    Queue.objects.update(parking_queue=None)
    [interaction] = cast.fill(1)
    for _ in range(4):
        expire(alice)
    assert (root.look(interaction)["queue"], root.look(interaction)["revocation_count"]) == (cast.SUPPORT, 4)


def test_a_pull_parks_and_goes_on_to_the_next(alice: Desk, bob: Desk, root: Desk, parking: str) -> None:
    """What must be parked is parked instead, and costs the puller nothing that is there to be had."""
    worn, fresh = cast.fill(2)
    Interaction.objects.filter(pk=worn).update(revocation_count=2)
    alice.pull(count=2)
    make_overdue(worn, fresh)
    assert [one["id"] for one in bob.pull()] == [fresh]
    assert root.look(worn)["queue"] == parking
