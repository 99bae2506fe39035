"""Lock, read the clock, and see who holds it: how every command on an interaction begins."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from interactions import access
from interactions.announcements import announce_releases
from interactions.callers import AgentCaller, Caller
from interactions.commands import Command
from interactions.errors import Invalid, NotHeld, StaleParty, Stopped
from interactions.models import Party, Queue
from interactions.models.party import PartyEnd
from interactions.rows import Row
from interactions.statements import locks, release
from interactions.statements.release import Release


def read_locked(ids: Collection[int]) -> tuple[datetime, list[Row], list[Row]]:
    """The clock after the locks, the rows, and those whose hold is overdue."""
    now, rows = locks.lock_interactions(ids)
    return now, rows, [row for row in rows if row.hold and row.hold.is_overdue(now)]


def end_overdue(overdue: Collection[Row]) -> list[Release]:
    return release.release_locked([row.hold.id for row in overdue if row.hold], PartyEnd.EXPIRED)


def lock_and_settle(cmd: Command, ids: Collection[int]) -> list[Row]:
    """Lock interactions and end their overdue holds, so that an open hold is one that counts."""
    cmd.now, rows, overdue = read_locked(ids)
    if overdue:
        announce_releases(cmd, end_overdue(overdue))
        rows = locks.read(ids)
    return rows


def guard(
    cmd: Command,
    caller: Caller,
    interaction: int,
    party: int | None,
    may_override: Callable[[Caller, int], bool],
) -> Row:
    """The locked interaction, if the caller holds it as `party` or has the right to do without."""
    if party is None:
        access.require_visible(caller, [interaction])
        if not may_override(caller, interaction):
            raise Invalid(errors={"party": ["Send the party under which you hold it."]})
        [row] = lock_and_settle(cmd, [interaction])
        if row.is_stopped:
            raise Stopped
        return row
    cmd.now, rows, overdue = read_locked([interaction])
    if not any(row.hold and row.hold.is_of(caller) for row in rows):  # whose it is sees it
        access.require_visible(caller, [interaction])
    [row] = rows
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


def waited_in(row: Row) -> int | None:
    return None if row.hold else row.workbin


def location_of(queue: Queue) -> dict[str, Any]:
    return {"workbin": queue.pk} if queue.is_private else {"queue": queue.name}
