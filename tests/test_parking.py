"""Parking: what expired too often goes to the parking queue instead of back, whoever ends the hold."""

from collections.abc import Callable

import pytest
from django.db.models import ProtectedError

from interactions.models import Agent, Interaction, Queue
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Json, Log, brief
from tests.audit import audit
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.mark.parametrize("most", [0, 1])
def test_the_next_one_more_than_the_most(alice: Desk, root: Desk, parking: str, most: int) -> None:
    Queue.objects.filter(name=cast.SUPPORT).update(max_revocations=most)
    [interaction] = cast.fill(1)
    for _ in range(most):
        expire(alice)
        assert root.look(interaction)["queue"] == cast.SUPPORT
    expire(alice)
    assert root.look(interaction)["queue"] == parking


def test_a_log_out_and_a_revocation_between_do_not_count(alice: Desk, lena: Desk, parking: str) -> None:
    [interaction] = cast.fill(1)
    expire(alice)
    expire(alice)
    alice.take()
    lena.revoke(interaction).ok()
    alice.take()
    alice.log_out().ok(204)
    found = lena.look(interaction)
    assert (found["queue"], found["revocation_count"]) == (cast.SUPPORT, 2)


# --- Whoever ends the hold --------------------------------------------------------------------------

PARKED = [
    "EventPartyRemoved Revoke Expired by timer @email-support",
    "EventRevoked Revoke Expired by timer @email-support",
    "EventPlacedInQueue PlaceInQueue Parked by timer @email-parked",
]


@pytest.fixture
def worn(alice: Desk, parking: str) -> Json:
    """alice's overdue hold, which is one expiry too many."""
    [interaction] = cast.fill(1, external_id="worn")
    Interaction.objects.update(revocation_count=2)
    party = alice.take()
    make_overdue(interaction)
    return party


def by_the_timer(alice: Desk, bob: Desk, lena: Desk, worn: Json) -> None:
    revoke_due()


def by_a_pull(alice: Desk, bob: Desk, lena: Desk, worn: Json) -> None:
    assert bob.pull() == []


def by_a_pull_of_the_next(alice: Desk, bob: Desk, lena: Desk, worn: Json) -> None:
    assert bob.post("pull-next").ok()["interactions"] == []


def by_its_late_holder(alice: Desk, bob: Desk, lena: Desk, worn: Json) -> None:
    assert alice.stop_held(worn).refused(409, "not_held")["reason"] == "expired"


def by_a_stranger_to_it(alice: Desk, bob: Desk, lena: Desk, worn: Json) -> None:
    assert bob.place_in_queue(worn).refused(409, "not_held")["reason"] == "never_held"


def by_a_supervisor(alice: Desk, bob: Desk, lena: Desk, worn: Json) -> None:
    assert lena.revoke(worn["interaction"]).ok()["interaction"]["queue"] == "email-parked"


def by_a_refused_change(alice: Desk, bob: Desk, lena: Desk, worn: Json) -> None:
    cast.fill(1, cast.drafts_of("lena"), external_id="taken")
    lena.change(worn["interaction"], external_id="taken").refused(409, "external_id_taken")


def by_a_log_out(alice: Desk, bob: Desk, lena: Desk, worn: Json) -> None:
    alice.log_out().ok(204)


@pytest.mark.parametrize(
    "end",
    [
        by_the_timer,
        by_a_pull,
        by_a_pull_of_the_next,
        by_its_late_holder,
        by_a_stranger_to_it,
        by_a_supervisor,
        by_a_refused_change,
        by_a_log_out,
    ],
)
def test_it_is_parked(
    *,
    alice: Desk,
    bob: Desk,
    lena: Desk,
    gateway: Application,
    log: Log,
    parking: str,
    worn: Json,
    end: Callable[[Desk, Desk, Desk, Json], None],
) -> None:
    """Its agent is told of the revocation as of any other, and nobody is told that it returned."""
    log.skip()

    end(alice, bob, lena, worn)

    found = gateway.look(worn["interaction"])
    assert (found["state"], found["queue"], found["revocation_count"], found["party"]) == (
        "queued",
        parking,
        0,
        None,
    )
    events = [event for event in log.new() if event["interaction"] == worn["interaction"]]
    assert brief(events) == PARKED
    assert {(event["agent"], event["party"]) for event in events} == {("alice", worn["id"])}
    back = cast.log_in("alice")
    back.cursor = alice.cursor
    where = {"queue": cast.SUPPORT, "workbin": None}
    told = {"interaction": worn["interaction"], "party": worn["id"], "reason": "Expired", **where}
    told["parked_in"] = parking
    assert back.mail() == [{"event": "EventRevoked", **told}]
    assert bob.mail() == lena.mail() == []
    audit()


def test_what_is_parked_is_placed_anew_by_who_asked(
    alice: Desk, root: Desk, log: Log, parking: str, worn: Json
) -> None:
    """An admin's command comes after the end of the hold, and acts on what it left."""
    log.skip()
    path = f"interactions/{worn['interaction']}/place-in-queue"
    found = root.post(path, queue=cast.SUPPORT).ok()["interaction"]
    assert (found["queue"], found["revocation_count"]) == (cast.SUPPORT, 0)
    events = log.new()
    assert brief(events) == [*PARKED, "EventPlacedInQueue PlaceInQueue by admin @email-support"]
    assert events[-1]["attributes"]["from_queue"] == parking
    audit()


def test_one_who_may_pull_from_the_parking_queue_finds_it_there(
    alice: Desk, bob: Desk, log: Log, parking: str, worn: Json
) -> None:
    """Pulling the next, bob gets it out of the parking queue, where it waits like any other."""
    Agent.objects.get(user__username="bob").groups.add(cast.group("leads"))
    log.skip()
    [pulled] = bob.post("pull-next").ok()["interactions"]
    assert (pulled["id"], pulled["queue"]) == (worn["interaction"], parking)
    assert log.brief() == [
        *PARKED,
        "EventTakenFromQueue Pull by agent @email-parked",
        "EventPartyAdded Pull by agent @email-parked",
    ]
    audit()


# --- The parking queue ------------------------------------------------------------------------------


def test_a_paused_parking_queue_takes_it(alice: Desk, gateway: Application, parking: str, worn: Json) -> None:
    Queue.objects.filter(name=parking).update(is_paused=True)
    revoke_due()
    assert gateway.look(worn["interaction"])["queue"] == parking


def test_a_parking_queue_that_is_used_cannot_be_deleted(parking: str) -> None:
    with pytest.raises(ProtectedError):
        Queue.objects.get(name=parking).delete()
    Queue.objects.filter(name=cast.SUPPORT).update(parking_queue=None)
    Queue.objects.get(name=parking).delete()  # the twin


def test_the_parking_queue_that_is_named_when_the_hold_ends(
    gateway: Application, parking: str, worn: Json
) -> None:
    """The policy is no term of the hold."""
    other = cast.queue("other-parked", "leads")
    Queue.objects.filter(name=cast.SUPPORT).update(parking_queue=other)
    revoke_due()
    assert gateway.look(worn["interaction"])["queue"] == "other-parked"


def test_a_cap_counts_as_an_expiry(alice: Desk, gateway: Application, log: Log, parking: str) -> None:
    """However busy the agent was: the reason is Expired."""
    Queue.objects.filter(name=cast.SUPPORT).update(max_handling_time=60, max_revocations=0)
    [interaction] = cast.fill(1)
    party = alice.take()
    assert party["deadline_at"] == party["expires_at"]
    make_overdue(interaction)
    log.skip()
    revoke_due()
    assert log.brief() == PARKED
    assert gateway.look(interaction)["queue"] == parking
