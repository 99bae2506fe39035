"""Events as the replay reads them, and whom they are about."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

Place = tuple[str | None, int | None]  # a public queue's name, or a workbin's id

SUBMITTED = "EventInteractionSubmitted"
PLACED_IN_QUEUE = "EventPlacedInQueue"
PLACED_IN_WORKBIN = "EventPlacedInWorkbin"
TAKEN_FROM_QUEUE = "EventTakenFromQueue"
TAKEN_FROM_WORKBIN = "EventTakenFromWorkbin"
PARTY_ADDED = "EventPartyAdded"
PARTY_REMOVED = "EventPartyRemoved"
REVOKED = "EventRevoked"
PROCESSING_STOPPED = "EventProcessingStopped"
PROPERTIES_CHANGED = "EventPropertiesChanged"
LOGIN = "EventAgentLogin"
LOGOUT = "EventAgentLogout"


class Hand(NamedTuple):
    """A hold, by the words of its events."""

    party: int | None = None
    agent: str | None = None
    session: int | None = None
    operation: str | None = None

    def __str__(self) -> str:
        return f"party {self.party} of {self.agent} (session {self.session})" if self.party else "nobody"


NOBODY = Hand()


class Names(NamedTuple):
    """How public queues and users are called today. The log has copied names: one that is gone was changed
    since, and then what came before and what came after it may differ in it.
    """

    queues: Collection[str]
    agents: Collection[str]

    def are_of_one_place(self, before: Place, after: Place) -> bool:
        return before == after or bool(before[0] and after[0] and before[0] not in self.queues)

    def are_of_one_hand(self, before: Hand, after: Hand) -> bool:
        if (before.party, before.session) != (after.party, after.session):
            return False
        return self.are_of_one_agent(before.agent, after.agent)

    def are_of_one_agent(self, before: str | None, after: str | None) -> bool:
        return before == after or bool(before and after and before not in self.agents)


class Step(NamedTuple):
    """One event of an interaction, in the order of the columns of snapshot.EVENTS."""

    interaction: int
    id: int
    at: datetime
    event: str
    queue: str | None
    workbin: int | None
    party: int | None
    agent: str | None
    session: int | None
    operation: str | None
    reason: str | None
    external_id: str | None
    revision: int | None
    from_queue: str | None
    from_workbin: int | None

    @property
    def place(self) -> Place:
        return self.queue, self.workbin

    @property
    def came_from(self) -> Place:
        return self.from_queue, self.from_workbin

    def hand(self, operation: str | None) -> Hand:
        return Hand(self.party, self.agent, self.session, operation)


class Visit(NamedTuple):
    """A session's log-in or log-out."""

    session: int
    id: int
    at: datetime
    event: str
    agent: str | None
    reason: str | None


def where(place: Place) -> str:
    queue, workbin = place
    return f"workbin {workbin}" if workbin else f"queue {queue}" if queue else "nowhere"
