"""New interactions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from interactions import signals
from interactions.callers import Caller
from interactions.commands import Command, command
from interactions.errors import Invalid
from interactions.lifecycle.guards import location_of
from interactions.models import MediaType, Queue
from interactions.signals import Actor, Fact
from interactions.statements import change, locks


@dataclass(slots=True)
class Submission:
    location: Queue
    media_type: MediaType
    external_id: str | None = None
    interaction_type: str = ""
    interaction_subtype: str = ""
    parent_id: int | None = None
    priority: int = 0
    user_data: dict[str, Any] = field(default_factory=dict)
    handling_timeout: int | None = None
    received_at: datetime | None = None


@dataclass(slots=True)
class Submitted:
    id: int
    is_new: bool


@command("Submit")
def submit(cmd: Command, caller: Caller | Actor, submissions: Sequence[Submission]) -> list[Submitted]:
    """Put new interactions at the ends of their lines. A known external_id gives the one that exists.

    Errors: Invalid for an unknown parent.
    """
    parents = {submission.parent_id for submission in submissions if submission.parent_id is not None}
    if parents - change.hold_parents(parents):
        raise Invalid(errors={"parent": ["There is no such interaction."]})
    cmd.now = locks.read_now()
    new = change.insert_submissions([_columns(given) for given in submissions], cmd.actor.name, cmd.now)
    facts = [_submitted_fact(id, submissions[place]) for place, id in sorted(new.items())]
    cmd.announce(signals.interaction_submitted, facts)
    cmd.announce(signals.placed_in_queue, [replace(fact, attributes={}) for fact in facts])
    known = change.ids_of_external(
        [
            given.external_id
            for place, given in enumerate(submissions)
            if place not in new and given.external_id
        ]
    )
    return [
        Submitted(new[place], True) if place in new else Submitted(known[given.external_id or ""], False)
        for place, given in enumerate(submissions)
    ]


def _columns(given: Submission) -> dict[str, Any]:
    return {
        "external_id": given.external_id,
        "media_type_id": given.media_type.pk,
        "interaction_type": given.interaction_type,
        "interaction_subtype": given.interaction_subtype,
        "parent_id": given.parent_id,
        "queue_id": given.location.pk,
        "priority": given.priority,
        "user_data": given.user_data,
        "handling_timeout": given.handling_timeout,
        "received_at": given.received_at,
    }


def _submitted_fact(id: int, given: Submission) -> Fact:
    return Fact(
        interaction=id,
        external_id=given.external_id,
        media_type=given.media_type.name,
        attributes={
            "interaction_type": given.interaction_type,
            "interaction_subtype": given.interaction_subtype,
            "parent": given.parent_id,
            "priority": given.priority,
        },
        **location_of(given.location),
    )
