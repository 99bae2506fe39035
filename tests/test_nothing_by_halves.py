"""What goes wrong in the middle of a command undoes all of it."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from interactions import signals
from interactions.models import AgentMessage, Party, Queue
from reporting.models import Event
from tests import cast
from tests.applications import Application, Desk
from tests.audit import audit, state
from tests.crowd import another_connection, crowd, until_waiting

pytestmark = pytest.mark.django_db(transaction=True)

LATE = (
    signals.party_added,
    signals.placed_in_queue,
    signals.processing_stopped,
    signals.properties_changed,
)  # the last of their commands


@contextlib.contextmanager
def broken_receivers() -> Iterator[None]:
    def fail(**_: Any) -> None:
        raise RuntimeError("out of order")

    for signal in LATE:
        signal.connect(fail)
    try:
        yield
    finally:
        for signal in LATE:
            signal.disconnect(fail)


def everything() -> tuple[Any, ...]:
    return state(), Event.objects.count(), AgentMessage.objects.count(), Party.objects.count()


def test_an_error_in_a_receiver(alice: Desk, lena: Desk, gateway: Application) -> None:
    cast.fill(2)
    party = alice.take()
    before = everything()
    with broken_receivers():
        alice.post(f"queues/{cast.SUPPORT}/pull").refused(500, "internal_error")
        alice.place_in_queue(party).refused(500, "internal_error")
        alice.stop_held(party).refused(500, "internal_error")
        alice.change_held(party, priority=7).refused(500, "internal_error")
        alice.submit().refused(500, "internal_error")
        lena.stop(party["interaction"]).refused(500, "internal_error")
        gateway.post("interactions", queue=cast.SUPPORT, media_type="email").refused(500, "internal_error")
    assert everything() == before
    assert [one["id"] for one in alice.parties()] == [party["id"]]
    assert alice.look(party["interaction"])["priority"] == 0
    audit()


def test_a_lock_that_does_not_come(alice: Desk, lena: Desk) -> None:
    """After two seconds it is given up, for readers of the log wait for every writer."""
    cast.fill(1)
    party = alice.take()
    before = everything()
    with another_connection() as other:
        other.execute("SELECT FROM interactions_interaction FOR UPDATE")
        refused = lena.stop(party["interaction"])
    assert refused.refused(503, "unavailable")["retry_after"] == 1
    assert refused.headers["Retry-After"] == "1"
    assert everything() == before


def test_a_queue_that_is_deleted_meanwhile(alice: Desk, gateway: Application) -> None:
    """Foreign keys are looked at when the command commits."""
    cast.fill(1)
    party = alice.take()
    cast.queue("short-lived")
    before = everything()
    with another_connection() as other, crowd() as people:
        other.execute("DELETE FROM interactions_queue WHERE name = %s", ["short-lived"])
        placed = people.start(lambda: alice.place_in_queue(party, queue="short-lived"))
        submitted = people.start(
            lambda: gateway.post("interactions", queue="short-lived", media_type="email")
        )
        until_waiting(2)
        other.commit()
        placed().refused(404, "not_found")
        submitted().refused(404, "not_found")
    assert everything() == before
    assert not Queue.objects.filter(name="short-lived").exists()
