"""A paused queue: it takes whatever is placed, and gives nothing out."""

import pytest

from interactions.models import Queue
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Log
from tests.audit import audit
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paused(support: str) -> str:
    """Paused beside email-support, which serves."""
    return cast.queue("email-later", cast.TEAM, is_paused=True).name


def lines(desk: Desk) -> dict[str, tuple[bool, int, int]]:
    return {
        queue["name"]: (queue["is_paused"], queue["waiting"], queue["held"])
        for queue in desk.get("queues").ok()["queues"]
    }


def test_it_takes_submissions(alice: Desk, gateway: Application, log: Log, paused: str) -> None:
    log.skip()
    waits = gateway.submit(queue=paused).ok(201)["interaction"]
    held = alice.submit(queue=paused).ok(201)["interaction"]
    assert (waits["state"], waits["queue"]) == ("queued", paused)
    assert (held["state"], held["queue"], held["party"]["queue"]) == ("handling", paused, paused)
    assert log.brief() == [
        "EventInteractionSubmitted Submit by service @email-later",
        "EventPlacedInQueue Submit by service @email-later",
        "EventInteractionSubmitted Submit by agent @email-later",
        "EventPartyAdded Submit by agent @email-later",
    ]
    assert lines(alice)[paused] == (True, 1, 1)
    assert alice.mail() == []
    audit()


def test_it_takes_what_is_placed_and_gives_it_to_nobody(alice: Desk, log: Log, paused: str) -> None:
    [interaction] = cast.fill(1)
    party = alice.take()
    log.skip()

    placed = alice.place_in_queue(party, queue=paused).ok()["interaction"]

    assert (placed["state"], placed["queue"], placed["party"]) == ("queued", paused, None)
    assert log.brief() == [
        "EventPartyRemoved PlaceInQueue Placed by agent @email-support",
        "EventPlacedInQueue PlaceInQueue by agent @email-later",
    ]
    for given in ({}, {"count": 5}, {"media_types": ["email"]}, {"wait_seconds": 1}):
        alice.post(f"queues/{paused}/pull", **given).refused(409, "queue_paused")
    assert alice.post("pull-next").ok()["interactions"] == []
    assert log.new() == []
    assert (alice.parties(), alice.mail()) == ([], [])

    Queue.objects.filter(name=paused).update(is_paused=False)  # the twin
    assert [one["id"] for one in alice.pull(paused)] == [interaction]
    audit()


def test_what_is_held_out_of_it_stays_held(alice: Desk, lena: Desk, log: Log) -> None:
    """The pause is no end: the party goes on, and what is lost or overdue waits there, at its old turn."""
    first, second, third = cast.fill(3)
    parties = {one["id"]: one["party"] for one in alice.pull(count=3)}
    Queue.objects.update(is_paused=True)
    log.skip()

    alice.change_held(parties[first], priority=1).ok()
    alice.stop_held(parties[first]).ok()
    lena.revoke(second).ok()
    make_overdue(third)
    alice.post("queues/email-support/pull").refused(409, "queue_paused")
    assert alice.post("pull-next").ok()["interactions"] == []
    assert log.brief() == [
        "EventPropertiesChanged ChangeProperties by agent @email-support",
        "EventPartyRemoved StopProcessing Stopped by agent @email-support",
        "EventProcessingStopped StopProcessing by agent @email-support",
        "EventPartyRemoved Revoke Revoked by agent @email-support",
        "EventRevoked Revoke Revoked by agent @email-support",
    ]  # and no pull has ended what is overdue
    revoke_due()
    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
    ]
    assert lines(alice) == {cast.SUPPORT: (True, 2, 0)}
    Queue.objects.update(is_paused=False)
    assert [one["id"] for one in alice.pull(count=3)] == [second, third]
    audit()


def test_pull_next_leaves_what_is_overdue_in_it(alice: Desk, bob: Desk, log: Log, paused: str) -> None:
    Queue.objects.filter(name=paused).update(is_paused=False)
    [overdue] = cast.fill(1, paused)
    bob.take(paused)
    make_overdue(overdue)
    Queue.objects.filter(name=paused).update(is_paused=True)
    [waits] = cast.fill(1)
    log.skip()
    assert [one["id"] for one in alice.post("pull-next").ok()["interactions"]] == [waits]
    assert alice.post("pull-next").ok()["interactions"] == []
    assert {event["interaction"] for event in log.new()} == {waits}
    Queue.objects.filter(name=paused).update(is_paused=False)  # the twin
    assert [one["id"] for one in alice.post("pull-next").ok()["interactions"]] == [overdue]
    audit()


def test_an_admin_pulls_from_it_no_more_than_others(root: Desk, paused: str) -> None:
    cast.fill(1, paused)
    root.post(f"queues/{paused}/pull").refused(409, "queue_paused")
