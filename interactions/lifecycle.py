"""The life of an interaction. Every change of its state is here.

                        submit (service)
                               |
                               v      pull (from a queue; from a workbin)
            +-------------> queued -----------------------------------> handling --+
            |    place in      |  ^                                      |  |  ^   | reset: any request
            |    queue/workbin |  |    release: expired, revoked,         |  |  +---+ of the agent moves
            |    (admin)       |  +--- logged out, session expired ------+  |       the deadline
            +------------------+  |    (it waits where it was,              |
                               |  |    at its old turn)                     |
                               |  +--- place in queue, place in workbin ----+
                               |       (a new turn)                         |
                               |                                            |
                               +---- stop processing ----> stopped <--------+

A hold is a Party; while one is open the interaction is `handling` and stays where it stands. A hold
whose deadline has passed is over, whether or not anyone has ended it yet: its holder is refused, and
whoever asks first (the timer, a puller, the late holder) ends it, with its events, exactly once.

Commands lock, read the clock, guard, change and announce, in this order, in one transaction. A
caller's mistake raises a Refusal; a lost race returns quietly.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from interactions import access, mailbox, signals, timers
from interactions.announcements import announce_releases, announce_removal, announce_taken
from interactions.callers import AgentCaller, Caller
from interactions.commands import Command, command, ends_overdue
from interactions.errors import (
    CapacityReached,
    Invalid,
    NotAuthenticated,
    NotAvailable,
    NotHeld,
    NotPermitted,
    QueuePaused,
    StaleParty,
    Stopped,
)
from interactions.instants import instant
from interactions.mailbox import Letter
from interactions.models import MediaType, Party, Queue
from interactions.models.interaction import State
from interactions.models.party import PartyEnd
from interactions.rows import Row
from interactions.signals import TIMER, Actor, Fact
from interactions.statements import change, claim, locks, release
from interactions.statements.claim import Claim
from interactions.statements.release import Release

BATCH = 500  # holds ended in one transaction: some tens of milliseconds
PARKING_ROUNDS = 10  # a pull looks past overdue holds that it must park, but not for long


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


@dataclass(slots=True)
class Pulled:
    at: datetime
    rows: list[Row]


# --- Overdue holds --------------------------------------------------------------------------------


@command("Revoke")
def revoke_due(cmd: Command, caller: Actor, limit: int = BATCH) -> int:
    """End up to `limit` overdue holds, wherever they are. Returns how many there were."""
    ended = release.release_due(limit)
    announce_releases(cmd, ended)
    return len(ended)


@command("Revoke")
def expire(cmd: Command, caller: Actor, ids: Collection[int]) -> None:
    """End the overdue holds on these interactions."""
    _lock(cmd, ids)


def _expire_before_refusal(ids: Collection[int]) -> None:
    expire(TIMER, ids)


@command("Warn")
def warn_due(cmd: Command, caller: Actor, limit: int = BATCH) -> int:
    """Post EventDeadlineSoon to the agents of up to `limit` holds. Returns how many there were."""
    due = change.take_warnings(limit)
    cmd.now = locks.read_now()
    soon: dict[int, list[dict[str, Any]]] = {}
    for agent, interaction, party, deadline_at in due:
        if deadline_at > cmd.now:
            warning = {"id": interaction, "party": party, "deadline_at": instant(deadline_at)}
            soon.setdefault(agent, []).append(warning)
    for agent, interactions in soon.items():
        mailbox.post(cmd, Letter("EventDeadlineSoon", {"interactions": interactions}, agent_id=agent))
    return len(due)


# --- Submit ---------------------------------------------------------------------------------------


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
        **_location(given.location),
    )


def _location(queue: Queue) -> dict[str, Any]:
    return {"workbin": queue.pk} if queue.is_private else {"queue": queue.name}


# --- Pull -----------------------------------------------------------------------------------------


@command("Pull")
def pull(
    cmd: Command,
    caller: AgentCaller,
    queue: str | int,
    count: int = 1,
    media_types: Collection[str] | None = None,
) -> Pulled:
    """Take up to `count` interactions in the queue's order; overdue ones after the waiting ones.

    `queue` is a public queue's name, or the id of a private one.
    Errors: NotFound, Invalid, QueuePaused, CapacityReached, NotAuthenticated.
    """
    if isinstance(queue, str):
        line = access.lock_line(caller, queue, media_types)
    else:
        line = access.lock_private_line(caller, queue)
    if line.unknown_media:
        names = ", ".join(map(repr, line.unknown_media))
        raise Invalid(errors={"media_types": [f"There is no media type named {names}."]})
    if line.is_paused:
        raise QueuePaused
    first = claim.claim_in_line(caller, line, count)
    _require_room(first, line.capacity, 1)
    cmd.now, rows = first.now, first.rows
    wanted = count if line.capacity is None else min(count, line.capacity - first.open_holds)
    for _ in range(PARKING_ROUNDS):
        missing = wanted - len(rows)
        overdue = release.release_due_in_line(line.queue_id, missing, line.media) if missing > 0 else []
        if not overdue:
            break
        more = claim.claim_in_line(caller, line, missing)
        cmd.now, rows = more.now, [*rows, *more.rows]
        announce_releases(cmd, overdue)
        if not any(end.parked_in for end in overdue):
            break
    return _pulled(cmd, rows)


def pull_by_id(caller: AgentCaller, queue_id: int, ids: Sequence[int]) -> Pulled:
    """Take these interactions from a private queue, all or none.

    Errors: NotFound, CapacityReached, NotAvailable, NotAuthenticated.
    """
    return _pull_free(caller, queue_id, ids) or _pull_settled(caller, queue_id, ids)


@command("Pull")
def _pull_free(cmd: Command, caller: AgentCaller, queue_id: int, ids: Sequence[int]) -> Pulled | None:
    """The usual case: all of them wait and nobody is at them. Else nothing, and no lock is kept."""
    taken = claim.claim_by_id(caller, access.lock_private_line(caller, queue_id), ids)
    cmd.now = taken.now
    return _pulled(cmd, taken.rows) if taken.rows else None


@ends_overdue(_expire_before_refusal)
@command("Pull")
def _pull_settled(cmd: Command, caller: AgentCaller, queue_id: int, ids: Sequence[int]) -> Pulled:
    """Wait for who is at them, end what is overdue, and take them or say why not."""
    line = access.lock_private_line(caller, queue_id)
    access.require_visible(caller, ids)
    now, rows, overdue = _read_locked(ids)
    cmd.now = now
    if line.capacity is not None and claim.count_open(caller.agent_id) + len(ids) > line.capacity:
        raise CapacityReached(overdue=[row.id for row in overdue])
    why = [{"id": row.id, "why": why} for row in rows if (why := _why_not(row, caller, queue_id, now))]
    if why:
        raise NotAvailable(interactions=why, overdue=[row.id for row in overdue])
    ended = _end_overdue(overdue)
    taken = claim.claim_by_id(caller, line, ids)
    _require_room(taken, line.capacity, len(ids))
    cmd.now = taken.now
    announce_releases(cmd, ended)
    return _pulled(cmd, taken.rows)


def _why_not(row: Row, caller: AgentCaller, queue_id: int, now: datetime) -> str | None:
    if row.is_stopped:
        return "stopped"
    if row.hold and not row.hold.is_overdue(now):
        return "held_by_you" if row.hold.is_of(caller) else "held"
    return None if row.queue_id == queue_id else "elsewhere"


def _require_room(taken: Claim, capacity: int | None, needed: int) -> None:
    if not taken.is_logged_in:
        raise NotAuthenticated(reason="ended")
    if capacity is not None and taken.open_holds + needed > capacity:
        raise CapacityReached


def _pulled(cmd: Command, rows: list[Row]) -> Pulled:
    announce_taken(cmd, rows)
    timers.arm_at_commit([row.hold.deadline_at for row in rows if row.hold], cmd.now)
    return Pulled(cmd.now, rows)


# --- Place, stop, revoke --------------------------------------------------------------------------


@ends_overdue(_expire_before_refusal)
@command("PlaceInQueue")
def place(cmd: Command, caller: Caller, interaction: int, party: int | None, location: Queue | None) -> Row:
    """Put an interaction at the end of a line; without `location`, of the one where it stands.

    With a `party` the caller must hold it under that id; without, the caller must be an admin.
    Errors: NotFound, NotPermitted, NotHeld, StaleParty, Stopped.
    """
    row = _guard(cmd, caller, interaction, party, access.may_place_any)
    queue = location or Queue.objects.get(pk=row.queue_id)
    cmd.operation = "PlaceInWorkbin" if queue.is_private else "PlaceInQueue"
    change.place(row.id, queue.pk, cmd.now, row.hold.id if row.hold else None)
    announce_removal(cmd, caller, row, PartyEnd.PLACED)
    where: dict[str, Any] = {"queue": None, "workbin": None, **_location(queue)}
    came_from = {"from_queue": row.queue, "from_workbin": row.workbin}
    cmd.announce(
        signals.placed_in_queue,
        [row.fact(row.hold, waited_in=_waited_in(row), attributes=came_from, **where)],
    )
    return replace(
        row,
        **where,
        queue_id=queue.pk,
        state=State.QUEUED,
        placed_in_queue_at=cmd.now,
        moved_to_queue_at=row.moved_to_queue_at or cmd.now,
        waiting_since=cmd.now,
        revocation_count=0,
        hold=None,
    )


@ends_overdue(_expire_before_refusal)
@command("StopProcessing")
def stop_processing(
    cmd: Command, caller: Caller, interaction: int, party: int | None, reason: str | None = None
) -> Row:
    """Complete an interaction, as its party or with the right to do so without.

    Errors: NotFound, NotPermitted, NotHeld, StaleParty, Stopped.
    """
    row = _guard(cmd, caller, interaction, party, access.may_stop_any)
    change.stop(row.id, cmd.now, row.hold.id if row.hold else None, reason)
    announce_removal(cmd, caller, row, PartyEnd.STOPPED)
    cmd.announce(signals.processing_stopped, [row.fact(row.hold, reason=reason, waited_in=_waited_in(row))])
    return replace(row, state=State.STOPPED, completed_at=cmd.now, stop_reason=reason, hold=None)


@command("Revoke")
def revoke(
    cmd: Command, caller: Caller, interaction: int, reason: str | None = None, party: int | None = None
) -> Row:
    """End a hold by hand: the interaction waits again where it was. With `party`, that hold alone.

    Errors: NotFound, NotPermitted, Stopped, NotHeld.
    """
    access.require_visible(caller, [interaction])
    if not access.is_supervised(caller, interaction):
        raise NotPermitted
    [held] = locks.read([interaction])  # before the wait: a hold that ends meanwhile is a lost race
    [row] = _lock(cmd, [interaction])
    if row.is_stopped:
        raise Stopped
    if _is_held(row, party):
        assert row.hold is not None
        ended = release.release_locked([row.hold.id], PartyEnd.REVOKED)
        announce_releases(cmd, ended, {"comment": reason} if reason else {})
    elif not _is_held(held, party):
        why = "This hold has ended already." if party else "Nobody holds this interaction."
        raise NotHeld(why, reason="never_held")
    [row] = locks.read([interaction])
    return row


def _is_held(row: Row, party: int | None) -> bool:
    return row.hold is not None and party in (None, row.hold.id)


def release_all(cmd: Command, agent_id: int, reason: PartyEnd) -> None:
    """End all holds of a locked agent, as part of a command that ends the agent's last session."""
    rows = _lock(cmd, locks.open_interactions_of(agent_id))
    parties = [row.hold.id for row in rows if row.hold and row.hold.agent_id == agent_id]
    announce_releases(cmd, release.release_locked(parties, reason))


# --- Guards ---------------------------------------------------------------------------------------


def _read_locked(ids: Collection[int]) -> tuple[datetime, list[Row], list[Row]]:
    """The clock after the locks, the rows, and those whose hold is overdue."""
    locks.lock_interactions(ids)
    now, rows = locks.read_now(), locks.read(ids)
    return now, rows, [row for row in rows if row.hold and row.hold.is_overdue(now)]


def _end_overdue(overdue: Collection[Row]) -> list[Release]:
    return release.release_locked([row.hold.id for row in overdue if row.hold], PartyEnd.EXPIRED)


def _lock(cmd: Command, ids: Collection[int]) -> list[Row]:
    """Lock interactions and end their overdue holds, so that an open hold is one that counts."""
    cmd.now, rows, overdue = _read_locked(ids)
    if overdue:
        announce_releases(cmd, _end_overdue(overdue))
        rows = locks.read(ids)
    return rows


def _guard(
    cmd: Command,
    caller: Caller,
    interaction: int,
    party: int | None,
    may_override: Callable[[Caller, int], bool],
) -> Row:
    """The locked interaction, if the caller holds it as `party` or has the right to do without."""
    access.require_visible(caller, [interaction])
    if party is None:
        if not may_override(caller, interaction):
            raise Invalid(errors={"party": ["Send the party under which you hold it."]})
        [row] = _lock(cmd, [interaction])
        if row.is_stopped:
            raise Stopped
        return row
    cmd.now, [row], overdue = _read_locked([interaction])
    if overdue:
        raise NotHeld(reason=_why_not_held(cmd.now, caller, row, party), overdue=[interaction])
    if row.hold and row.hold.is_of(caller):
        if row.hold.id == party:
            return row
        raise StaleParty
    if row.is_stopped:
        raise Stopped
    raise NotHeld(reason=_why_not_held(cmd.now, caller, row, party))


def _why_not_held(now: datetime, caller: Caller, row: Row, party: int) -> str:
    hold = row.hold
    is_over = hold is not None and hold.is_overdue(now)
    if hold and is_over and hold.id == party and hold.is_of(caller):
        return "expired"
    if isinstance(caller, AgentCaller):
        ended = Party.objects.filter(
            pk=party, interaction=row.id, agent=caller.agent_id, end_reason__isnull=False
        ).first()
        if ended and ended.end_reason:
            return PartyEnd(ended.end_reason).name.lower()
    return "held_by_other" if hold and not is_over else "never_held"


def _waited_in(row: Row) -> int | None:
    return None if row.hold else row.workbin
