"""The reporting log of the simulation's interactions, replayed event by event.

    submitted -> waiting -> taken -> held -> free -> waiting | stopped
                    ^-- revoked, logged out --'

An event that does not fit the state is a problem, and so is a claim of a client that the log does not bear
out. A finished interaction on which both agree is forgotten, so a run of weeks needs no more memory than one
of minutes; any event after that is a problem again, as an interaction must begin with its submission.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .ledger import Claims, Ledger

RETURNING = {"Expired", "Revoked", "LoggedOut", "SessionExpired"}
AT_REST = {"waiting", "held", "stopped"}

# Event -> the states in which it may come, and the state after it.
STEPS = {
    "EventInteractionSubmitted": ({"unknown"}, "submitted"),
    "EventPlacedInQueue": ({"submitted", "free", "waiting"}, "waiting"),
    "EventPlacedInWorkbin": ({"waiting"}, "waiting"),
    "EventTakenFromQueue": ({"waiting"}, "taken"),
    "EventTakenFromWorkbin": ({"taken"}, "taken"),
    "EventPartyAdded": ({"taken", "submitted"}, "held"),
    "EventPartyRemoved": ({"held"}, "free"),
    "EventProcessingStopped": ({"free", "waiting"}, "stopped"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    check: str
    interaction: int
    detail: str
    trail: tuple[str, ...]


@dataclass(slots=True)
class History:
    state: str = "unknown"
    party: int | None = None
    added: set[int] = field(default_factory=set)
    expired: set[int] = field(default_factory=set)
    revoked: set[int] = field(default_factory=set)
    trail: deque[str] = field(default_factory=lambda: deque(maxlen=30))


class Replay:
    def __init__(self) -> None:
        self.histories: dict[int, History] = {}
        self.problems: list[Problem] = []
        self.counts = Counter[str]()
        self.lateness = deque[float](maxlen=100_000)  # seconds; the latest ones

    def feed(self, event: dict[str, Any]) -> None:
        name, party, interaction = event["event"], event["party"], event["interaction"]
        history = self.histories.setdefault(interaction, History())
        history.trail.append(
            f"{event['at']} {event['id']} {name} {party or ''} {event['reason'] or ''}".rstrip()
        )
        self.counts[name] += 1
        if name == "EventRevoked":
            history.revoked.add(party)
            if event["reason"] == "Expired":
                self.lateness.append(float(event["attributes"]["late_seconds"]))
        if name not in STEPS:
            return
        before, after = STEPS[name]
        if history.state not in before:
            self._problem("out of order", interaction, f"{name} while {history.state}")
        if name == "EventPartyRemoved" and party != history.party:
            self._problem("out of order", interaction, f"party {party} removed, {history.party} holds it")
        history.state = after
        if name == "EventPartyAdded":
            if history.party is not None:
                self._problem(
                    "held twice", interaction, f"party {party} added while {history.party} holds it"
                )
            history.party = party
            history.added.add(party)
        elif name == "EventPartyRemoved":
            history.party = None
            if event["reason"] in RETURNING:
                history.state = "waiting"
            if event["reason"] == "Expired":
                history.expired.add(party)

    def settle(self, ledger: Ledger) -> None:
        """Forget what is stopped and agreed upon."""
        for interaction, history in list(self.histories.items()):
            claims = ledger.claims.get(interaction)
            if history.state != "stopped" or claims is None or interaction in ledger.in_hand:
                continue
            if not any(differences(history, claims)):
                del self.histories[interaction]
                ledger.forget(interaction)

    def verdict(self, ledger: Ledger) -> list[Problem]:
        """All problems so far, and what the clients were told that is not in the log (yet)."""
        known = len(self.problems)
        for interaction in self.histories.keys() | ledger.claims.keys():
            history = self.histories.get(interaction, History())
            for check, detail in differences(history, ledger.claims.get(interaction, Claims())):
                self._problem(check, interaction, detail)
        found = list(self.problems)
        del self.problems[known:]  # they may be cured by events still to come
        return found

    def _problem(self, check: str, interaction: int, detail: str) -> None:
        history = self.histories.get(interaction, History())
        self.problems.append(Problem(check, interaction, detail, tuple(history.trail)))


def differences(history: History, claims: Claims) -> Iterator[tuple[str, str]]:
    if history.state not in AT_REST:
        yield "lost", f"it is neither waiting nor held nor stopped, but {history.state}"
    for party in claims.pulled - history.added:
        yield "pull not in the log", f"party {party} has no EventPartyAdded"
    if claims.was_completed and history.state != "stopped":
        yield "completion not in the log", "it was stopped, but has no EventProcessingStopped"
    for party in claims.lapsed.keys() - history.revoked:
        yield "not revoked", f"party {party} went quiet, but has no EventRevoked"
    for party in history.expired - history.revoked:
        yield "not revoked", f"party {party} expired, but has no EventRevoked"
    for party, code in claims.lapsed.items():
        # `stopped` goes before `not_held`: somebody else has pulled and stopped it meanwhile.
        if code != "not_held" and (code, history.state) != ("stopped", "stopped"):
            yield "late request refused otherwise", f"party {party} had lapsed, but its stop got {code}"
    for party in claims.accepted_late:
        yield "late request accepted", f"party {party} had lapsed, but its stop was accepted"
