"""Holds end: placed, stopped, revoked by hand, with the agent's last session."""

from dataclasses import replace
from typing import Any

from interactions import access, signals
from interactions.announcements import announce_releases, announce_removal
from interactions.callers import Caller
from interactions.commands import Command, command, ends_overdue
from interactions.errors import NotHeld, NotPermitted, Stopped
from interactions.lifecycle.guards import guard, location_of, lock_and_settle, waited_in
from interactions.lifecycle.timeouts import expire_before_refusal
from interactions.models import Queue
from interactions.models.interaction import State
from interactions.models.party import PartyEnd
from interactions.rows import Row
from interactions.statements import change, locks, release


@ends_overdue(expire_before_refusal)
@command("PlaceInQueue")
def place(cmd: Command, caller: Caller, interaction: int, party: int | None, location: Queue | None) -> Row:
    """Put an interaction at the end of a line; without `location`, of the one where it stands.

    With a `party` the caller must hold it under that id; without, the caller must be an admin.
    Errors: NotFound, NotPermitted, NotHeld, StaleParty, Stopped.
    """
    row = guard(cmd, caller, interaction, party, access.may_place_any)
    queue = location or Queue.objects.get(pk=row.queue_id)
    cmd.operation = "PlaceInWorkbin" if queue.is_private else "PlaceInQueue"
    cmd.journal(change.place).append((row.id, queue.pk))
    _end_hold(cmd, caller, row, PartyEnd.PLACED)
    where: dict[str, Any] = {"queue": None, "workbin": None, **location_of(queue)}
    came_from = {"from_queue": row.queue, "from_workbin": row.workbin}
    cmd.announce(
        signals.placed_in_queue,
        [row.fact(row.hold, waited_in=waited_in(row), attributes=came_from, **where)],
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


def _end_hold(cmd: Command, caller: Caller, row: Row, reason: PartyEnd) -> None:
    if row.hold:
        cmd.journal(change.end_hold).append((row.hold.id, reason))
        announce_removal(cmd, caller, row, row.hold, reason)


@ends_overdue(expire_before_refusal)
@command("StopProcessing")
def stop_processing(
    cmd: Command, caller: Caller, interaction: int, party: int | None, reason: str | None = None
) -> Row:
    """Complete an interaction, as its party or with the right to do so without.

    Errors: NotFound, NotPermitted, NotHeld, StaleParty, Stopped.
    """
    row = guard(cmd, caller, interaction, party, access.may_stop_or_change_any)
    cmd.journal(change.stop).append((row.id, reason))
    _end_hold(cmd, caller, row, PartyEnd.STOPPED)
    cmd.announce(signals.processing_stopped, [row.fact(row.hold, reason=reason, waited_in=waited_in(row))])
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
    [row] = lock_and_settle(cmd, [interaction])
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
    rows = lock_and_settle(cmd, locks.open_interactions_of(agent_id))
    parties = [row.hold.id for row in rows if row.hold and row.hold.agent_id == agent_id]
    announce_releases(cmd, release.release_locked(parties, reason))
