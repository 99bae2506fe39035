"""New interactions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from interactions import access, lines, signals, timers
from interactions.announcements import announce_added
from interactions.callers import AgentCaller, Caller
from interactions.commands import Command, Overtaken, command
from interactions.errors import CapacityReached, ExternalIdTaken, Invalid, NotAuthenticated
from interactions.lifecycle.guards import location_of
from interactions.models import MediaType, Queue
from interactions.rows import Row
from interactions.signals import Actor, Fact
from interactions.statements import change, claim, locks


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
    _hold_parents({given.parent_id for given in submissions if given.parent_id is not None})
    cmd.now = locks.read_now()
    new = change.insert_submissions([_columns(given) for given in submissions], cmd.actor.name, cmd.now)
    facts = [_submitted_fact(id, submissions[place]) for place, id in sorted(new.items())]
    cmd.announce(signals.interaction_submitted, facts)
    cmd.announce(signals.placed_in_queue, [replace(fact, attributes={}) for fact in facts])
    known = _ids_of([given for place, given in enumerate(submissions) if place not in new])
    return [
        Submitted(new[place], True) if place in new else Submitted(known[given.external_id or ""], False)
        for place, given in enumerate(submissions)
    ]


def _ids_of(known: Sequence[Submission]) -> dict[str, int]:
    """Of those that exist already. Errors: Overtaken, if one has just been purged or given another id."""
    wanted = {given.external_id for given in known if given.external_id is not None}
    found = change.ids_of_external(wanted)
    if len(found) < len(wanted):
        raise Overtaken
    return found


@command("Submit")
def submit_and_handle(cmd: Command, caller: AgentCaller, given: Submission) -> tuple[Row, bool]:
    """Make an interaction that its agent handles from the start: it and whether it is new.

    A known external_id gives the one that exists, also when nothing fits: a retry gets its answer.
    Errors: NotFound, Invalid for an unknown parent, NotAuthenticated, ExternalIdTaken, CapacityReached.
    """
    line = lines.lock_line_at(caller, given.location)
    if given.parent_id is not None:
        _hold_parents({given.parent_id}, caller)
    made = claim.claim_new(caller, line.capacity, _columns(given))
    if not made.is_logged_in:
        raise NotAuthenticated(reason="ended")
    if not made.rows:
        has_room = line.capacity is None or made.open_holds < line.capacity
        return _known(caller, given.external_id, has_room), False
    cmd.now, [row] = made.now, made.rows
    assert row.hold is not None
    submitted = replace(_submitted_fact(row.id, given), **row.hold.members())
    cmd.announce(signals.interaction_submitted, [submitted])
    announce_added(cmd, [row])
    timers.arm_at_commit([row.hold.deadline_at], cmd.now)
    return row, True


def _known(caller: AgentCaller, external_id: str | None, has_room: bool) -> Row:
    """Why none was made: it exists, or it does not fit. Errors: Overtaken, if it exists no more."""
    known = change.ids_of_external([external_id]) if external_id is not None else {}
    if not known:
        raise Overtaken if has_room else CapacityReached
    if not access.visible(caller).filter(pk__in=known.values()).exists():
        raise ExternalIdTaken
    [row] = locks.read(known.values())
    return row


def _hold_parents(ids: set[int], caller: AgentCaller | None = None) -> None:
    """Keep them until the commit. Errors: Invalid, if one is not there or an agent may not see it."""
    found = change.hold_parents(ids)
    if caller is not None:
        found &= set(access.visible(caller).filter(pk__in=ids).values_list("pk", flat=True))
    if ids - found:
        raise Invalid(errors={"parent": ["There is no such interaction."]})


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
