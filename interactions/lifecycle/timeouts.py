"""What time does by itself: overdue holds end, near deadlines are warned of."""

from collections.abc import Collection
from typing import Any

from interactions import mailbox
from interactions.announcements import announce_releases
from interactions.commands import Command, command
from interactions.instants import instant
from interactions.lifecycle.guards import lock_and_settle
from interactions.mailbox import Letter
from interactions.signals import TIMER, Actor
from interactions.statements import change, locks, release

BATCH = 500  # holds ended in one transaction: some tens of milliseconds


@command("Revoke")
def revoke_due(cmd: Command, caller: Actor, limit: int = BATCH) -> int:
    """End up to `limit` overdue holds, wherever they are. Returns how many there were."""
    ended = release.release_due(limit)
    announce_releases(cmd, ended)
    return len(ended)


@command("Revoke")
def expire(cmd: Command, caller: Actor, ids: Collection[int]) -> None:
    """End the overdue holds on these interactions."""
    lock_and_settle(cmd, ids)


def expire_before_refusal(ids: Collection[int]) -> None:
    expire(TIMER, ids)


@command("Warn")
def warn_due(cmd: Command, caller: Actor, limit: int = BATCH) -> int:
    """Post EventDeadlineSoon to the agents of up to `limit` holds. Returns how many there were."""
    due = change.take_warnings(limit)
    cmd.now = locks.read_now()
    soon: dict[int, list[dict[str, Any]]] = {}
    for agent, interaction, party, deadline_at in sorted(due):
        if deadline_at > cmd.now:
            warning = {"id": interaction, "party": party, "deadline_at": instant(deadline_at)}
            soon.setdefault(agent, []).append(warning)
    for agent, interactions in soon.items():
        mailbox.post(cmd, Letter("EventDeadlineSoon", {"interactions": interactions}, agent_id=agent))
    return len(due)
