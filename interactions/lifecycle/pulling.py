"""Interactions become an agent's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from interactions import lines, timers
from interactions.announcements import announce_releases, announce_taken
from interactions.callers import AgentCaller
from interactions.commands import Command, command, ends_overdue
from interactions.errors import CapacityReached, NotAuthenticated, NotAvailable, QueuePaused
from interactions.lifecycle.guards import end_overdue, read_locked
from interactions.lifecycle.timeouts import expire_before_refusal
from interactions.lines import Line
from interactions.rows import Row
from interactions.statements import claim, release
from interactions.statements.claim import Claim

PARKING_ROUNDS = 10  # a pull looks past overdue holds that it must park, but not for long


@dataclass(slots=True)
class Pulled:
    at: datetime
    rows: list[Row]


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
        line = lines.lock_line(caller, queue, media_types)
    else:
        line = lines.lock_private_line(caller, queue)
    if line.is_paused:
        raise QueuePaused
    return _take(cmd, caller, line, count)


@command("Pull")
def pull_next(cmd: Command, caller: AgentCaller, media_types: Collection[str] | None = None) -> Pulled:
    """Take the first over all public queues that the agent may pull from and that are not paused, queue by
    queue in the order of their positions; what is overdue after all that waits.

    Errors: Invalid, CapacityReached, NotAuthenticated.
    """
    return _take(cmd, caller, lines.lock_all_lines(caller, media_types), 1)


def _take(cmd: Command, caller: AgentCaller, line: Line, count: int) -> Pulled:
    first = claim.claim_in_line(caller, line, count)
    _require_room(first, line.capacity, 1)
    cmd.now, rows = first.now, first.rows
    wanted = count if line.capacity is None else min(count, line.capacity - first.open_holds)
    for _ in range(PARKING_ROUNDS):
        missing = wanted - len(rows)
        overdue = release.release_due_in_line(line.queue_ids, missing, line.media) if missing > 0 else []
        if not overdue:
            break
        more = claim.claim_in_line(caller, line, missing)
        cmd.now, rows = more.now, [*rows, *more.rows]
        announce_releases(cmd, overdue)
        if not any(end.parked_in for end in overdue):
            break
    return _pulled(cmd, rows)


class NotFree(Exception):
    """Some of them do not wait, or somebody is at them."""


def pull_by_id(caller: AgentCaller, queue_id: int, ids: Sequence[int]) -> Pulled:
    """Take these interactions from a private queue, all or none.

    Errors: NotFound, CapacityReached, NotAvailable, NotAuthenticated.
    """
    try:
        return _pull_free(caller, queue_id, ids)
    except NotFree:
        return _pull_settled(caller, queue_id, ids)


@command("Pull")
def _pull_free(cmd: Command, caller: AgentCaller, queue_id: int, ids: Sequence[int]) -> Pulled:
    """The usual case: all of them wait and nobody is at them. Else NotFree, so that no lock is kept."""
    taken = claim.claim_by_id(caller, lines.lock_private_line(caller, queue_id), ids)
    if not taken.rows:
        raise NotFree
    cmd.now = taken.now
    return _pulled(cmd, taken.rows)


@ends_overdue(expire_before_refusal)
@command("Pull")
def _pull_settled(cmd: Command, caller: AgentCaller, queue_id: int, ids: Sequence[int]) -> Pulled:
    """Wait for who is at them, end what is overdue, and take them or say why not."""
    line = lines.lock_private_line(caller, queue_id)
    now, rows, overdue = read_locked(ids)
    lines.require_still(caller, queue_id, ids)
    cmd.now = now
    if line.capacity is not None and claim.count_open(caller.agent_id) + len(ids) > line.capacity:
        raise CapacityReached(overdue=[row.id for row in overdue])
    why = [{"id": row.id, "why": why} for row in rows if (why := _why_not(row, caller, queue_id, now))]
    if why:
        raise NotAvailable(interactions=why, overdue=[row.id for row in overdue])
    ended = end_overdue(overdue)
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
