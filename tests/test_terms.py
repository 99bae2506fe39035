"""Whose timeout counts, frozen at the pull; the cap."""

from typing import Any

import pytest
from django.conf import settings

from interactions.models import Interaction, MediaType, Queue
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Log
from tests.clock import let_pass

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
    let_pass(580)
    assert len(alice.parties()) == 1


@pytest.mark.parametrize("whose", ["interaction", "queue", "media type", "server"])
def test_whichever_it_was_it_is_frozen(alice: Desk, settings: Any, whose: str) -> None:
    """What changes later counts for later pulls alone."""
    Queue.objects.update(handling_timeout=None)
    first, _ = cast.fill(2)

    def say(timeout: int) -> None:
        if whose == "interaction":
            Interaction.objects.update(handling_timeout=timeout)
        elif whose == "queue":
            Queue.objects.update(handling_timeout=timeout)
        elif whose == "media type":
            MediaType.objects.update(handling_timeout=timeout)
        else:
            settings.HANDLING_TIMEOUT = timeout

    say(500)
    alice.take()
    say(50)
    alice.keep_alive().ok()
    later = alice.take()
    assert {one["interaction"]: one["handling_timeout"] for one in alice.parties()} == {
        first: 500,
        later["interaction"]: 50,
    }
    let_pass(51)
    assert [one["interaction"] for one in alice.parties()] == [first]


def test_the_cap(alice: Desk, log: Log) -> None:
    """No reset goes beyond it, and it ends a hold as Expired, however busy its agent is."""
    Queue.objects.update(max_handling_time=1000)
    cast.fill(1)
    party = alice.take()
    assert party["deadline_at"] < party["expires_at"]
    let_pass(500)
    [held] = alice.keep_alive().ok()["parties"]
    assert held["deadline_at"] == held["expires_at"]
    let_pass(480)
    alice.keep_alive().ok()
    log.skip()
    let_pass(21)
    assert alice.keep_alive().ok()["parties"] == []
    revoke_due()
    assert [event["reason"] for event in log.new()] == ["Expired", "Expired"]


def test_a_cap_below_the_timeout(alice: Desk) -> None:
    Queue.objects.update(max_handling_time=60)
    cast.fill(1)
    party = alice.take()
    assert party["deadline_at"] == party["expires_at"]
