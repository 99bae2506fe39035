"""The reporting log as the admin reads it, one line an event."""

import time
from collections.abc import Iterable

from .cast import Caller
from .floor import bare
from .people import SOON
from .server import Json

# What a scenario's log consists of. `at` is "line", "workbin" or another name of the floor.


def pulled(at: str = "line") -> list[str]:
    names = ["EventTakenFromQueue", "EventTakenFromWorkbin", "EventPartyAdded"]
    return [
        f"{name} Pull by agent @{at}" for name in names if at == "workbin" or name != "EventTakenFromWorkbin"
    ]


def expired(at: str = "line") -> list[str]:
    return [f"{name} Revoke Expired by timer @{at}" for name in ("EventPartyRemoved", "EventRevoked")]


def revoked(by: str, at: str = "line") -> list[str]:
    return [f"{name} Revoke Revoked by {by} @{at}" for name in ("EventPartyRemoved", "EventRevoked")]


def stopped(by: str = "agent", at: str = "line", reason: str = "") -> list[str]:
    """Out of someone's hands."""
    words = f"StopProcessing {reason}".strip()
    return [
        f"EventPartyRemoved StopProcessing Stopped by {by} @{at}",
        f"EventProcessingStopped {words} by {by} @{at}",
    ]


def placed(by: str = "agent", at: str = "line", to: str = "") -> list[str]:
    """Out of someone's hands, into the same place unless it says another."""
    to = to or at
    operation = "PlaceInWorkbin" if to == "workbin" else "PlaceInQueue"
    removed = f"EventPartyRemoved {operation} Placed by {by} @{at}"
    return [removed, *arrived(by, to)]


def arrived(by: str = "agent", at: str = "line") -> list[str]:
    if at == "workbin":
        return [
            f"{name} PlaceInWorkbin by {by} @workbin"
            for name in ("EventPlacedInQueue", "EventPlacedInWorkbin")
        ]
    return [f"EventPlacedInQueue PlaceInQueue by {by} @{at}"]


def submitted_by_agent(at: str = "line") -> list[str]:
    return [f"{name} Submit by agent @{at}" for name in ("EventInteractionSubmitted", "EventPartyAdded")]


def brief(events: Iterable[Json]) -> list[str]:
    """`EventPartyRemoved Revoke Expired by timer @line`: what happened, why, whose doing, where."""
    return [_brief(event) for event in events]


def _brief(event: Json) -> str:
    where = "@workbin" if event["workbin"] else f"@{bare(event['queue'])}" if event["queue"] else None
    words = [event["event"], event["operation"], event["reason"], "by", event["actor"]["kind"], where]
    return " ".join(word for word in words if word)


class Log:
    """`put` are the interactions that the kit put there by itself: how they came is no part of a scenario.
    `since` is when the run began."""

    def __init__(self, reader: Caller, since: str, put: set[int], promised: dict[int, list[str]]) -> None:
        self.reader, self.since, self.put, self.promised = reader, since, put, promised

    def read(self, **query: object) -> list[Json]:
        """All events that fit, in order."""
        found: list[Json] = []
        after: dict[str, str] = {}
        while True:
            page = self.reader.get("reporting/events", limit=1000, **query, **after).ok()
            if not page["events"]:
                return found
            found += page["events"]
            after = {"after": page["cursor"]}

    def of(self, interaction: int) -> list[Json]:
        """What has happened to it so far."""
        events = self.reader.get("reporting/events", interaction=interaction, limit=1000).ok()["events"]
        return self.since_put(interaction, events)

    def since_put(self, interaction: int, events: list[Json]) -> list[Json]:
        """Without those of putting it there: up to where it was placed."""
        if interaction not in self.put:
            return events
        places = [number for number, event in enumerate(events) if event["event"].startswith("EventPlacedIn")]
        assert places, f"interaction {interaction} was put in its place, and the log does not say so"
        first = places[0]
        in_workbin = events[first]["workbin"] is not None
        return events[first + 1 + in_workbin :]

    def tells(self, interaction: int, *parts: list[str]) -> list[Json]:
        """Exactly this, in this order, and by the end of the run no more than this: the events."""
        expected = self.promises(interaction, *parts)
        give_up_at = time.monotonic() + SOON
        while len(found := self.of(interaction)) < len(expected) and time.monotonic() < give_up_at:
            time.sleep(0.05)
        assert brief(found) == expected
        return found

    def promises(self, interaction: int, *parts: list[str]) -> list[str]:
        """As `tells`, but looked at in the end of the run alone."""
        self.promised[interaction] = [line for part in parts for line in part]
        return self.promised[interaction]

    def removals(self, agent: str, parties: set[int]) -> dict[int, Json]:
        """The ends of these holds."""
        give_up_at = time.monotonic() + SOON
        while True:
            events = self.read(agent=agent, event="EventPartyRemoved", from_=self.since)
            found = [event for event in events if event["party"] in parties]
            if len(found) >= len(parties) or time.monotonic() > give_up_at:
                break
            time.sleep(0.05)
        assert sorted(event["party"] for event in found) == sorted(parties), "each hold ends once"
        return {event["party"]: event for event in found}
