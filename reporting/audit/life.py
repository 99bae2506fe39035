"""One interaction's life, as its events tell it.

       Submitted (service),                      Submitted (agent),
       PlacedInQueue                             PartyAdded
               |          TakenFromQueue, PartyAdded |
               v      .----------------------------> v
    .------> waiting -'                             held
    |          | ^ ^      PartyRemoved, Revoked     | | |
    |  Placed  | | '----- PartyRemoved -------------' | |
    '--InQueue-' | '----- PartyRemoved, PlacedInQueue-' |
                 |                                      |
                 '-----> stopped <----------------------'
       ProcessingStopped            PartyRemoved, ProcessingStopped

The events of one command come together: `due` is what must come next. PlacedInWorkbin and
TakenFromWorkbin follow those of the workbin's queue. After Revoked (Expired) it may be parked in the same
command. Properties change while it waits or is held, and their revision counts 1, 2, 3.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from reporting.audit.steps import (
    NOBODY,
    PARTY_ADDED,
    PARTY_REMOVED,
    PLACED_IN_QUEUE,
    PLACED_IN_WORKBIN,
    PROCESSING_STOPPED,
    PROPERTIES_CHANGED,
    REVOKED,
    SUBMITTED,
    TAKEN_FROM_QUEUE,
    TAKEN_FROM_WORKBIN,
    Hand,
    Names,
    Place,
    Step,
    where,
)

NEW, WAITING, HELD, STOPPED = "new", "waiting", "held", "stopped"

# What may begin, by the state.
MAY_COME = {
    NEW: {SUBMITTED},
    WAITING: {PLACED_IN_QUEUE, TAKEN_FROM_QUEUE, PROCESSING_STOPPED, PROPERTIES_CHANGED},
    HELD: {PARTY_REMOVED, PROPERTIES_CHANGED},
    STOPPED: set[str](),
}
# What a hold's end calls for, by its reason.
CALLS_FOR = {
    "Expired": REVOKED,
    "Revoked": REVOKED,
    "LoggedOut": None,
    "SessionExpired": None,
    "Placed": PLACED_IN_QUEUE,
    "Stopped": PROCESSING_STOPPED,
}
SHOWN = 20  # of a life's last events


@dataclass(slots=True)
class Life:
    """Where it stands after the events so far. Of the latest: when it was placed and stopped, and why."""

    state: str = NEW
    due: str | None = None
    place: Place = (None, None)
    hand: Hand = NOBODY  # whose it is, until the command that takes it away is complete
    expired: Hand = NOBODY  # whose it was, as long as it may be parked for that
    is_fresh: bool = False  # submitted, not placed yet
    last_party: int = 0
    revocations: int = 0
    revision: int = 0
    external_id: str | None = None
    placed_at: datetime | None = None
    is_parked: bool = False
    stopped_at: datetime | None = None
    stop_reason: str | None = None
    reason: str | None = None  # of the hold's end
    ended: dict[int, tuple[Hand, str | None]] = field(default_factory=dict)
    trail: deque[Step] = field(default_factory=lambda: deque(maxlen=SHOWN))

    def feed(self, step: Step, names: Names) -> list[str]:
        """What is wrong with a step. It is taken as it stands, so that one mistake is told once."""
        wrong = list(self._objections(step, names))
        self._take(step)
        self.trail.append(step)
        return wrong

    def _objections(self, step: Step, names: Names) -> Iterator[str]:
        yield from self._out_of_turn(step)
        before = step.came_from if step.event == PLACED_IN_QUEUE and not self.is_fresh else step.place
        if self.state != NEW and not names.are_of_one_place(self.place, before):
            yield f"it stood in {where(self.place)}, not in {where(before)}"
        if step.event == TAKEN_FROM_QUEUE or (step.event == SUBMITTED and step.party):
            if (step.party or 0) <= self.last_party:
                yield f"party {step.party} is not newer than party {self.last_party}"
        elif step.event != SUBMITTED:
            hand = self.expired if is_parking(step) else self.hand
            if not names.are_of_one_hand(hand, step.hand(None)):
                yield f"it was in the hands of {hand}, not of {step.hand(None)}"
        if step.event == PLACED_IN_QUEUE and step.at == self.placed_at and not self.is_parked:
            yield "it was placed at that very instant already"
        if step.event == PARTY_ADDED and step.operation != self.hand.operation:
            yield f"the operation was {self.hand.operation}, not {step.operation}"
        if step.event == PARTY_REMOVED and step.reason not in CALLS_FOR:
            yield f"no hold ends by {step.reason}"
        if step.event == REVOKED and step.reason != self.reason:
            yield f"the hold ended by {self.reason}, not by {step.reason}"
        if step.event == PROPERTIES_CHANGED and step.revision not in (None, self.revision + 1):
            yield f"revision {self.revision + 1} had to come, not {step.revision}"

    def _out_of_turn(self, step: Step) -> Iterator[str]:
        if self.due:
            if step.event != self.due:
                yield f"{self.due} had to come next"
        elif step.event not in MAY_COME[self.state]:
            yield f"it was {self.state}"
        elif is_parking(step) and self.expired == NOBODY:
            yield "it is parked, and no hold had just expired"

    def _take(self, step: Step) -> None:
        self.place, self.external_id = step.place, step.external_id
        if take := TAKE.get(step.event):
            take(self, step)
        if step.event != REVOKED:
            self.expired = NOBODY

    def _submitted(self, step: Step) -> None:
        self.is_fresh = True
        if step.party:
            self._begin(step, "Submit", PARTY_ADDED)
        else:
            self.state, self.due = WAITING, PLACED_IN_QUEUE

    def _placed_in_queue(self, step: Step) -> None:
        self.state, self.is_fresh, self.revocations = WAITING, False, 0
        self.placed_at, self.is_parked = step.at, is_parking(step)
        self.due = PLACED_IN_WORKBIN if step.workbin else None
        self.hand = self.hand if self.due else NOBODY

    def _placed_in_workbin(self, step: Step) -> None:
        self.state, self.due, self.hand = WAITING, None, NOBODY

    def _taken_from_queue(self, step: Step) -> None:
        self._begin(step, "Pull", TAKEN_FROM_WORKBIN if step.workbin else PARTY_ADDED)

    def _taken_from_workbin(self, step: Step) -> None:
        self._begin(step, "Pull", PARTY_ADDED)

    def _party_added(self, step: Step) -> None:
        self._begin(step, step.operation, None)
        self.is_fresh = False

    def _party_removed(self, step: Step) -> None:
        self.state, self.reason, self.due = WAITING, step.reason, CALLS_FOR.get(step.reason or "")
        ended = step.hand(self.hand.operation)
        self.ended[step.party or 0] = ended, step.reason
        self.hand = ended if self.due else NOBODY

    def _revoked(self, step: Step) -> None:
        self.state, self.due = WAITING, None
        if step.reason == "Expired":
            self.revocations += 1
            self.expired = self.hand
        self.hand = NOBODY

    def _processing_stopped(self, step: Step) -> None:
        self.state, self.due, self.hand = STOPPED, None, NOBODY
        self.stopped_at, self.stop_reason = step.at, step.reason

    def _properties_changed(self, step: Step) -> None:
        self.revision = step.revision or self.revision

    def _begin(self, step: Step, operation: str | None, due: str | None) -> None:
        self.state, self.due = HELD, due
        self.hand = step.hand(operation)
        self.last_party = max(self.last_party, step.party or 0)


TAKE = {
    SUBMITTED: Life._submitted,
    PLACED_IN_QUEUE: Life._placed_in_queue,
    PLACED_IN_WORKBIN: Life._placed_in_workbin,
    TAKEN_FROM_QUEUE: Life._taken_from_queue,
    TAKEN_FROM_WORKBIN: Life._taken_from_workbin,
    PARTY_ADDED: Life._party_added,
    PARTY_REMOVED: Life._party_removed,
    REVOKED: Life._revoked,
    PROCESSING_STOPPED: Life._processing_stopped,
    PROPERTIES_CHANGED: Life._properties_changed,
}


def is_parking(step: Step) -> bool:
    return step.event == PLACED_IN_QUEUE and step.reason == "Parked"
