"""The proof of `simulate`: it accepts a sound run, and finds each kind of fault in a spoilt one."""

from itertools import count
from typing import Any

import pytest

from config.simulation.figures import percentile
from config.simulation.ledger import Ledger
from config.simulation.replay import Replay

Event = dict[str, Any]
NUMBERS = count(1)


def event(name: str, party: int | None = None, reason: str | None = None, interaction: int = 1) -> Event:
    attributes = {"late_seconds": 0.25} if name == "EventRevoked" else {}
    return {
        "id": next(NUMBERS),
        "at": "2026-03-01T12:00:00.000000Z",
        "event": name,
        "interaction": interaction,
        "party": party,
        "reason": reason,
        "attributes": attributes,
    }


def submitted() -> list[Event]:
    return [event("EventInteractionSubmitted"), event("EventPlacedInQueue")]


def pulled(party: int) -> list[Event]:
    return [event("EventTakenFromQueue"), event("EventPartyAdded", party)]


def revoked(party: int) -> list[Event]:
    return [event("EventPartyRemoved", party, "Expired"), event("EventRevoked", party, "Expired")]


def stopped(party: int) -> list[Event]:
    return [event("EventPartyRemoved", party, "Stopped"), event("EventProcessingStopped")]


def parked_and_back(party: int, again: int) -> list[Event]:
    return [
        event("EventPartyRemoved", party, "Placed"),
        event("EventPlacedInQueue"),
        event("EventPlacedInWorkbin"),
        event("EventTakenFromQueue"),
        event("EventTakenFromWorkbin"),
        event("EventPartyAdded", again),
    ]


def a_sound_run() -> tuple[list[Event], Ledger]:
    """One agent pulls and goes quiet, another pulls, parks it in the workbin, pulls it back, and stops."""
    ledger = Ledger()
    ledger.submitted(1)
    for party in (10, 11, 12):
        ledger.pulled(1, party)
    ledger.lapsed(1, 10, "not_held")
    ledger.completed(1)
    events = [*submitted(), *pulled(10), *revoked(10), *pulled(11), *parked_and_back(11, 12), *stopped(12)]
    return events, ledger


def checks(events: list[Event], ledger: Ledger) -> set[str]:
    replay = Replay()
    for each in events:
        replay.feed(each)
    return {problem.check for problem in replay.verdict(ledger)}


def without(events: list[Event], name: str, party: int | None = None) -> list[Event]:
    found = next(each for each in events if each["event"] == name and party in (None, each["party"]))
    return [each for each in events if each is not found]


def test_a_sound_run_passes() -> None:
    assert checks(*a_sound_run()) == set()


def test_what_still_waits_or_is_held_is_not_lost() -> None:
    ledger = Ledger()
    ledger.submitted(1)
    assert checks(submitted(), ledger) == set()
    assert checks([*submitted(), *pulled(10)], ledger) == set()
    assert checks([*submitted(), *pulled(10), event("EventPartyRemoved", 10, "LoggedOut")], ledger) == set()


def test_a_doubled_hold_is_found() -> None:
    events, ledger = a_sound_run()
    at = events.index(next(each for each in events if each["party"] == 10)) + 1
    assert "held twice" in checks([*events[:at], *pulled(11), *events[at:]], ledger)
    assert "held twice" in checks([*submitted(), *pulled(10), event("EventPartyAdded", 11)], ledger)


def test_a_lost_interaction_is_found() -> None:
    _, ledger = a_sound_run()
    assert "lost" in checks([], ledger)
    between = [*submitted(), *pulled(10), *revoked(10), *pulled(11), event("EventPartyRemoved", 11, "Placed")]
    assert "lost" in checks(between, ledger)


def test_a_missing_revocation_is_found() -> None:
    events, ledger = a_sound_run()
    assert checks(without(events, "EventRevoked"), ledger) == {"not revoked"}
    ledger.claims[1].lapsed.clear()  # also if only the log itself knows that it expired
    assert checks(without(events, "EventRevoked"), ledger) == {"not revoked"}


def test_a_late_stop_that_was_accepted_is_found() -> None:
    events, ledger = a_sound_run()
    ledger.accepted_late(1, 10)
    assert checks(events, ledger) == {"late request accepted"}


def test_a_late_stop_must_be_refused_as_not_held() -> None:
    events, ledger = a_sound_run()
    ledger.lapsed(1, 10, "stopped")  # party 12 has stopped it
    assert checks(events, ledger) == set()
    assert checks(events[:-2], ledger) == {"completion not in the log", "late request refused otherwise"}
    ledger.lapsed(1, 10, "stale_party")
    assert checks(events, ledger) == {"late request refused otherwise"}


@pytest.mark.parametrize("name", ["EventInteractionSubmitted", "EventTakenFromQueue", "EventPartyRemoved"])
def test_a_missing_step_is_found(name: str) -> None:
    events, ledger = a_sound_run()
    assert "out of order" in checks(without(events, name), ledger)


def test_a_hold_that_the_log_does_not_know_is_found() -> None:
    events, ledger = a_sound_run()
    ledger.pulled(1, 13)
    assert checks(events, ledger) == {"pull not in the log"}


def test_a_completion_must_be_in_the_log_exactly_once() -> None:
    events, ledger = a_sound_run()
    assert checks(without(events, "EventProcessingStopped"), ledger) == {"completion not in the log", "lost"}
    assert checks([*events, event("EventProcessingStopped")], ledger) == {"out of order"}


def test_the_wrong_party_is_found() -> None:
    events = [*submitted(), *pulled(10), *stopped(11)]
    assert checks(events, Ledger()) == {"out of order"}


def test_what_is_agreed_is_forgotten_and_may_not_come_again() -> None:
    events, ledger = a_sound_run()
    replay = Replay()
    for each in events:
        replay.feed(each)
    with ledger.holding(1):
        replay.settle(ledger)
        assert 1 in replay.histories  # an agent has yet to say something of it
    replay.settle(ledger)
    assert not replay.histories and not ledger.claims
    assert replay.verdict(ledger) == []
    replay.feed(event("EventTakenFromQueue"))
    assert [problem.check for problem in replay.problems] == ["out of order"]


def test_what_is_only_late_in_the_log_is_no_problem_in_the_end() -> None:
    events, ledger = a_sound_run()
    replay = Replay()
    for each in events[:-1]:
        replay.feed(each)
    assert replay.verdict(ledger)
    replay.feed(events[-1])
    assert replay.verdict(ledger) == []


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0], 0.99) == 3.0
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1)] == [50.0, 99.0, 100.0]
