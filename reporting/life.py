"""One interaction's life: the spans in which it waited or was in an agent's hands, read from its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reporting.rows import Row


class Kind(StrEnum):
    WAITING = "waiting"  # in a public queue
    IN_WORKBINS = "in_workbins"  # waiting in a workbin
    IN_HANDS = "in_hands"


WAITS_AGAIN = {"Expired", "Revoked", "LoggedOut", "SessionExpired"}  # why a hold ended


@dataclass(slots=True)
class Span:
    """Each begins where the one before has ended. `at` of an event that a clock set back has written
    counts as that of the one before, so that no span is negative and all add up."""

    kind: Kind
    begin: datetime
    began: Row
    now: datetime
    end: datetime | None = None
    ended: Row | None = None
    revocation: Row | None = None

    @property
    def length(self) -> timedelta:
        return max((self.end or self.now) - self.begin, timedelta())

    @property
    def seconds(self) -> float:
        return self.length.total_seconds()


def spans_of(events: Iterable[Row], now: datetime) -> list[Span]:
    """The spans of all events of one interaction, in order. The last one lasts until `now` if it is open."""
    life = _Life(now)
    for event in events:
        life.take(event)
    return life.spans


def spent(spans: Iterable[Span]) -> dict[str, float]:
    """Seconds by kind. Together they are the age, at the stop or now."""
    sums = dict.fromkeys(Kind, timedelta())
    for span in spans:
        sums[span.kind] += span.length
    return {kind.value: length.total_seconds() for kind, length in sums.items()}


class _Life:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.spans: list[Span] = []
        self.at: datetime | None = None

    def take(self, event: Row) -> None:
        self.at = max(self.at or event.at, event.at)
        match event.event:
            case "EventPlacedInQueue":
                self.forget_the_instant(event)
                self.wait(event)
            case "EventPartyAdded":
                self.begin(Kind.IN_HANDS, event)
            case "EventPartyRemoved" if event.reason in WAITS_AGAIN:
                self.wait(event)
            case "EventTakenFromQueue" | "EventPartyRemoved" | "EventProcessingStopped":
                self.end(event)
            case "EventRevoked":
                self.revoked(event)

    def wait(self, event: Row) -> None:
        self.begin(Kind.WAITING if event.workbin is None else Kind.IN_WORKBINS, event)

    def begin(self, kind: Kind, event: Row) -> None:
        assert self.at is not None
        self.end(event)
        self.spans.append(Span(kind, self.at, event, self.now))

    def end(self, event: Row) -> None:
        if self.spans and self.spans[-1].end is None:
            self.spans[-1].end, self.spans[-1].ended = self.at, event

    def revoked(self, event: Row) -> None:
        for span in reversed(self.spans):
            if span.kind == Kind.IN_HANDS and span.began.party == event.party:
                span.revocation = event
                return

    def forget_the_instant(self, placed: Row) -> None:
        """What is parked comes out of a party's hands. It waits nowhere in between, though the removal of
        the party says that it waits again."""
        last = self.spans[-1].began if self.spans else None
        if last and last.event == "EventPartyRemoved" and last.party == placed.party:
            self.spans.pop()
