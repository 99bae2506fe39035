"""The whole run, by its log, when all else is done."""

import time
from collections import defaultdict
from itertools import pairwise

from ..instants import seconds_of
from ..log import brief, expired, stopped
from ..playing import afterwards
from ..server import Json
from ..stage import House

OURS = ("kit-mail", "kit-chat")
FREE = ["EventProcessingStopped StopProcessing by admin"]  # as the kit stops what nobody holds
FINAL = 1.5  # seconds after which the log shows what was last done


def whole(house: House) -> list[Json]:
    """All events since the run began, read once."""
    if not house.whole:
        time.sleep(FINAL)
        house.whole = house.log.read(from_=house.began_at)
    return house.whole


def without_place(told: list[str]) -> list[str]:
    return [line.partition(" @")[0] for line in told]


def lives(house: House) -> dict[int, list[Json]]:
    """What has happened to each interaction of this run."""
    found: dict[int, list[Json]] = defaultdict(list)
    for event in whole(house):
        if event["media_type"] in OURS:
            found[event["interaction"]].append(event)
    return {id: events for id, events in found.items() if events[0]["event"] == "EventInteractionSubmitted"}


def ways_to_clear(promised: list[str]) -> list[list[str]]:
    """How the kit takes away what a scenario has left. A hold may end before the kit comes to it."""
    parties = [line for line in promised if line.startswith(("EventPartyAdded", "EventPartyRemoved"))]
    if parties and parties[-1].startswith("EventPartyAdded"):
        return [without_place(stopped("admin")), without_place(expired()) + FREE]
    return [[], FREE]


@afterwards
def test_nothing_was_held_twice_and_every_hold_has_one_end(house: House) -> None:
    for interaction, events in lives(house).items():
        holder: Json | None = None
        for event in events:
            if event["event"] == "EventPartyAdded":
                assert holder is None, f"{interaction} was given to {event['agent']} and {holder['agent']}"
                holder = event
            elif event["event"] == "EventPartyRemoved":
                assert holder is not None, f"{interaction} was taken from nobody"
                assert (event["party"], event["agent"]) == (holder["party"], holder["agent"])
                holder = None
            elif event["event"] == "EventTakenFromQueue":
                assert holder is None, f"{interaction} was taken out of the hands of {holder['agent']}"
        assert holder is None, f"{interaction} is still held by {holder['agent']}"


@afterwards
def test_nothing_expired_early_or_late(house: House) -> None:
    for interaction, events in lives(house).items():
        for removed, revoked in pairwise(events):
            if removed["event"] == "EventPartyRemoved" and removed["reason"] in ("Expired", "Revoked"):
                assert (revoked["event"], revoked["party"]) == ("EventRevoked", removed["party"]), interaction
            if removed["event"] == "EventPartyRemoved" and removed["reason"] == "Expired":
                late = seconds_of(removed["at"]) - seconds_of(revoked["attributes"]["deadline_at"])
                assert 0 <= late <= house.lateness.limit, (interaction, late)


@afterwards
def test_the_log_has_no_more_than_each_scenario_was_told(house: House) -> None:
    """Nothing came later that nobody did."""
    found = lives(house)
    for interaction, promised in house.promised.items():
        events = house.log.since_put(interaction, found[interaction])
        told = brief(events)
        assert told[: len(promised)] == promised, interaction
        assert without_place(told[len(promised) :]) in ways_to_clear(promised), interaction


@afterwards
def test_the_log_is_in_order(house: House) -> None:
    numbers = [event["id"] for event in whole(house)]
    assert numbers == sorted(set(numbers))


@afterwards
def test_all_is_taken_away(house: House) -> None:
    """Every interaction of this run is stopped, and nobody holds anything."""
    for interaction, events in lives(house).items():
        assert events[-1]["event"] == "EventProcessingStopped", (interaction, brief(events[-3:]))
