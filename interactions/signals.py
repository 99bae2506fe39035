"""What happened, told once per command and kind, inside the command's transaction.

Each signal is sent with `command` (its clock, actor and operation) and `facts`, a list of Fact. An
error in a receiver rolls the command back.
"""

from dataclasses import dataclass, field
from typing import Any

from django.dispatch import Signal


@dataclass(frozen=True, slots=True)
class Actor:
    """Who caused a change. kind: agent, service, admin or timer."""

    kind: str
    name: str

    @property
    def actor(self) -> "Actor":
        return self

    def members(self) -> dict[str, str]:
        """What an event says of it."""
        return {"kind": self.kind, "name": self.name}


TIMER = Actor("timer", "revocation")


@dataclass(slots=True)
class Fact:
    """What a signal says of one interaction (or, for log-in and log-out, of one session)."""

    interaction: int | None = None
    external_id: str | None = None
    media_type: str | None = None
    queue: str | None = None  # a public queue's name, or None when workbin is set
    workbin: int | None = None  # a private queue's id
    agent: str | None = None
    agent_id: int | None = None
    session: int | None = None
    place: str | None = None
    party: int | None = None
    reason: str | None = None
    operation: str | None = None  # None: the command's
    actor: Actor | None = None  # None: the command's
    waited_in: int | None = None  # the private queue in which this command found it waiting
    attributes: dict[str, Any] = field(default_factory=dict)


agent_logged_in = Signal()
agent_logged_out = Signal()
interaction_submitted = Signal()
placed_in_queue = Signal()
taken_from_queue = Signal()
party_added = Signal()
party_removed = Signal()
revoked = Signal()
processing_stopped = Signal()
properties_changed = Signal()
