"""EventDeadlineSoon: what it says, once per hold and quiet spell, a tenth before the end."""

from datetime import datetime, timedelta

import pytest

from interactions import lifecycle
from interactions.models import Party, Queue
from interactions.signals import TIMER
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Json, Log
from tests.clock import let_pass

pytestmark = pytest.mark.django_db(transaction=True)


def warnings(desk: Desk) -> list[Json]:
    """What the timer finds to warn of by now."""
    lifecycle.warn_due(TIMER)
    return [message for message in desk.mail() if message["event"] == "EventDeadlineSoon"]


def test_what_it_says(alice: Desk, bob: Desk, log: Log) -> None:
    """One message for all of an agent's holds; their own agent's alone; no event, and no change of state."""
    cast.fill(3)
    held = [one["id"] for one in alice.pull(count=2)]
    other = bob.take()
    log.skip()
    let_pass(541)

    [told], [others] = warnings(alice), warnings(bob)

    parties = {party.interaction_id: party for party in Party.objects.all()}
    assert set(told) == {"event", "interactions"}
    assert [one["id"] for one in told["interactions"]] == held
    for one in told["interactions"]:
        assert set(one) == {"id", "party", "deadline_at"}
        assert one["party"] == parties[one["id"]].pk
        assert datetime.fromisoformat(one["deadline_at"]) == parties[one["id"]].deadline_at
    assert [one["party"] for one in others["interactions"]] == [other["id"]]
    assert log.new() == []
    assert all(party.ended_at is None and party.warn_at is None for party in parties.values())


@pytest.mark.parametrize(
    ("timeout", "left"), [(1, 0.1), (10, 1), (100, 10), (600, 60), (601, 60), (86_400, 60)]
)
def test_a_tenth_and_a_minute_at_most(alice: Desk, timeout: int, left: float) -> None:
    cast.fill(1, handling_timeout=timeout)
    alice.take()
    for _ in range(2):
        party = Party.objects.get()
        assert party.warn_at is not None
        assert party.deadline_at - party.warn_at == timedelta(seconds=left)
        alice.keep_alive().ok()  # and so it is after a reset


def test_of_each_hold_when_its_own_time_comes(alice: Desk) -> None:
    [short], [long] = cast.fill(1, handling_timeout=100), cast.fill(1, handling_timeout=200)
    alice.pull(count=2)
    let_pass(91)
    assert [[one["id"] for one in told["interactions"]] for told in warnings(alice)] == [[short]]
    let_pass(5)
    assert warnings(alice) == []
    let_pass(85)
    assert [[one["id"] for one in told["interactions"]] for told in warnings(alice)] == [[long]]


def test_not_again_by_what_only_receives(alice: Desk) -> None:
    """The quiet spell goes on while the application listens."""
    cast.fill(1)
    alice.take()
    let_pass(541)
    assert len(warnings(alice)) == 1
    let_pass(30)
    assert warnings(alice) == []
    let_pass(30)
    revoke_due()
    assert [message["event"] for message in alice.mail()] == ["EventRevoked"]


def test_again_in_the_next_spell_even_before_the_cap(alice: Desk) -> None:
    """A reset that still moves the deadline begins a new spell; one that does not begins none."""
    Queue.objects.update(max_handling_time=700)
    cast.fill(1)
    alice.take()
    let_pass(541)
    assert len(warnings(alice)) == 1
    alice.keep_alive().ok()  # from 600 to the cap
    assert warnings(alice) == []
    let_pass(85)
    assert warnings(alice) == []
    let_pass(25)
    [told] = warnings(alice)
    [party] = alice.parties()
    assert told["interactions"][0]["deadline_at"] == party["deadline_at"] == party["expires_at"]
    assert warnings(alice) == []
    let_pass(61)
    revoke_due()
    assert [(message["event"], message["reason"]) for message in alice.mail()] == [
        ("EventRevoked", "Expired")
    ]


def test_at_the_cap_however_busy_the_agent(alice: Desk) -> None:
    """Requests that move the deadline no more must not take the warning away."""
    Queue.objects.update(max_handling_time=700)
    cast.fill(1)
    alice.take()
    let_pass(500)
    alice.keep_alive().ok()  # the deadline is the cap
    for _ in range(2):
        alice.keep_alive().ok()
        assert warnings(alice) == []
        let_pass(60)
    alice.keep_alive().ok()
    let_pass(35)
    assert len(warnings(alice)) == 1


@pytest.mark.parametrize("end", ["stop", "place", "revoke"])
def test_not_of_a_hold_that_ended(alice: Desk, lena: Desk, end: str) -> None:
    cast.fill(1)
    party = alice.take()
    let_pass(541)
    if end == "revoke":
        lena.revoke(party["interaction"]).ok()
    else:
        assert (alice.stop_held if end == "stop" else alice.place_in_queue)(party).status == 200
    assert warnings(alice) == []


def test_a_new_hold_has_a_warning_of_its_own(alice: Desk) -> None:
    cast.fill(1)
    alice.take()
    let_pass(601)
    again = alice.take()
    let_pass(541)
    [told] = warnings(alice)
    assert [one["party"] for one in told["interactions"]] == [again["id"]]
