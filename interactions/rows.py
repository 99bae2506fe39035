"""An interaction and its open party as one SELECT reads them: what commands guard and clients are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interactions.callers import AgentCaller, Caller
from interactions.models.interaction import State
from interactions.signals import Fact


@dataclass(slots=True)
class Hold:
    """An open party."""

    id: int
    interaction: int
    queue: str | None
    workbin: int | None
    agent_id: int
    agent: str
    session: int
    place: str | None
    operation: str
    joined_at: datetime
    handling_timeout: int
    last_reset_at: datetime
    deadline_at: datetime
    expires_at: datetime | None

    def is_overdue(self, now: datetime) -> bool:
        return self.deadline_at <= now

    def is_of(self, caller: Caller) -> bool:
        return isinstance(caller, AgentCaller) and caller.agent_id == self.agent_id

    def members(self) -> dict[str, Any]:
        """What a fact says of a party."""
        return {
            "agent": self.agent,
            "agent_id": self.agent_id,
            "session": self.session,
            "place": self.place,
            "party": self.id,
        }


@dataclass(slots=True)
class Row:
    """An interaction. `queue` is a public queue's name; `workbin` its private queue's id instead."""

    id: int
    external_id: str | None
    media_type: str
    interaction_type: str
    interaction_subtype: str
    parent: int | None
    queue_id: int
    queue: str | None
    workbin: int | None
    state: str
    priority: int
    user_data: str  # JSON
    handling_timeout: int | None
    received_at: datetime
    submitted_at: datetime
    moved_to_queue_at: datetime | None
    placed_in_queue_at: datetime | None
    waiting_since: datetime
    completed_at: datetime | None
    stop_reason: str | None
    revocation_count: int
    hold: Hold | None = None

    @property
    def is_stopped(self) -> bool:
        return self.state == State.STOPPED

    def fact(self, hold: Hold | None = None, **members: Any) -> Fact:
        """What to announce of it; with `hold`, of that party of it."""
        told = {
            "interaction": self.id,
            "external_id": self.external_id,
            "media_type": self.media_type,
            "queue": self.queue,
            "workbin": self.workbin,
        }
        return Fact(**told | (hold.members() if hold else {}) | members)


# A location is shown as a public queue's name or as a workbin's id, which is its private queue's id.
LOCATION = "CASE WHEN q.is_private THEN NULL ELSE q.name END, CASE WHEN q.is_private THEN q.id END"

INTERACTION = f"""
    i.id, i.external_id, m.name, i.interaction_type, i.interaction_subtype, i.parent_id, i.queue_id,
    {LOCATION}, i.state, i.priority, i.user_data, i.handling_timeout, i.received_at, i.submitted_at,
    i.moved_to_queue_at, i.placed_in_queue_at, i.waiting_since, i.completed_at, i.stop_reason,
    i.revocation_count
"""

HOLD = f"""
    p.id, p.interaction_id, {LOCATION}, p.agent_id, u.username, p.session_id, pl.name, p.operation,
    p.joined_at, p.handling_timeout, p.last_reset_at, p.deadline_at, p.expires_at
"""

HOLDER = """
    JOIN interactions_agent a ON a.id = p.agent_id
    JOIN auth_user u ON u.id = a.user_id
    JOIN interactions_session s ON s.id = p.session_id
    LEFT JOIN interactions_place pl ON pl.id = s.place_id
"""

# Interactions with their open party, if any: {where} names the interactions as i.
SELECT = f"""
    SELECT {INTERACTION}, {HOLD}
    FROM interactions_interaction i
    JOIN interactions_queue q ON q.id = i.queue_id
    JOIN interactions_mediatype m ON m.id = i.media_type_id
    LEFT JOIN (interactions_party p {HOLDER}) ON p.interaction_id = i.id AND p.ended_at IS NULL
"""

INTERACTION_WIDTH = 21


def to_row(values: Sequence[Any]) -> Row:
    row = Row(*values[:INTERACTION_WIDTH])
    if values[INTERACTION_WIDTH] is not None:
        row.hold = Hold(*values[INTERACTION_WIDTH:])
    return row


def to_rows(tuples: Iterable[Sequence[Any]]) -> list[Row]:
    return [to_row(values) for values in tuples]
