"""How commands tell what they did: facts for the signals, letters for the agents concerned."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from interactions import mailbox, signals
from interactions.callers import Caller
from interactions.commands import Command
from interactions.instants import instant, instant_or_none
from interactions.mailbox import Letter
from interactions.models.party import PartyEnd
from interactions.rows import Hold, Row
from interactions.signals import TIMER, Fact
from interactions.statements.release import Release

TOLD = (PartyEnd.EXPIRED, PartyEnd.REVOKED)  # releases that are revocations


def announce_taken(cmd: Command, rows: Sequence[Row]) -> None:
    """Interactions that became the caller's."""
    cmd.announce(signals.taken_from_queue, [_taken_fact(row, cmd.now) for row in rows])
    announce_added(cmd, rows)


def announce_added(cmd: Command, rows: Sequence[Row]) -> None:
    """Their holders' parties, which are new."""
    cmd.announce(signals.party_added, [_added_fact(row) for row in rows])


def _taken_fact(row: Row, now: datetime) -> Fact:
    waited = (now - row.waiting_since).total_seconds()
    return row.fact(row.hold, attributes={"waited_seconds": waited})


def _added_fact(row: Row) -> Fact:
    hold = row.hold
    assert hold is not None
    terms = {
        "handling_timeout": hold.handling_timeout,
        "deadline_at": instant(hold.deadline_at),
        "expires_at": instant_or_none(hold.expires_at),
    }
    return row.fact(hold, attributes=terms)


def _removal(hold: Hold, at: datetime) -> dict[str, Any]:
    return {
        "joined_at": instant(hold.joined_at),
        "handling_seconds": (at - hold.joined_at).total_seconds(),
        "last_reset_at": instant(hold.last_reset_at),
    }


def announce_removal(cmd: Command, caller: Caller, row: Row, hold: Hold, reason: PartyEnd) -> None:
    """The end of a hold by placing or stopping, told to its agent if it was another's doing."""
    cmd.announce(
        signals.party_removed, [row.fact(hold, reason=reason.value, attributes=_removal(hold, cmd.now))]
    )
    if not hold.is_of(caller):
        _tell_agent(cmd, hold, reason)


def announce_releases(cmd: Command, ended: list[Release], comment: dict[str, Any] | None = None) -> None:
    """The end of holds whose interactions wait again."""
    if not ended:
        return
    cmd.now = max(cmd.now, ended[0].at)
    removed = [_released_fact(end, _removal(end.hold, end.at)) for end in ended]
    revoked = [_released_fact(end, _lateness(end) | (comment or {})) for end in ended if end.reason in TOLD]
    parked = [
        replace(
            fact,
            queue=end.parked_in,
            workbin=None,
            reason="Parked",
            operation="PlaceInQueue",
            attributes={"from_queue": fact.queue, "from_workbin": fact.workbin},
        )
        for fact, end in zip(removed, ended, strict=True)
        if end.parked_in
    ]
    cmd.announce(signals.party_removed, removed)
    cmd.announce(signals.revoked, revoked)
    cmd.announce(signals.placed_in_queue, parked)
    for end in ended:
        if end.hold.queue and not end.parked_in:
            cmd.news.work[end.hold.queue, end.media_type] += 1
        if end.reason in TOLD:
            _tell_agent(cmd, end.hold, end.reason, end.parked_in)


def _released_fact(end: Release, attributes: dict[str, Any]) -> Fact:
    hold = end.hold
    fact = Fact(
        interaction=hold.interaction,
        external_id=end.external_id,
        media_type=end.media_type,
        queue=hold.queue,
        workbin=hold.workbin,
        reason=end.reason.value,
        attributes=attributes,
        **hold.members(),
    )
    if end.reason == PartyEnd.EXPIRED:  # whoever found it, time ended it
        fact.actor, fact.operation = TIMER, "Revoke"
    return fact


def _lateness(end: Release) -> dict[str, Any]:
    late = (end.at - end.hold.deadline_at).total_seconds()
    return {"deadline_at": instant(end.hold.deadline_at), "late_seconds": max(0.0, late)}


def _tell_agent(cmd: Command, hold: Hold, reason: PartyEnd, parked_in: str | None = None) -> None:
    body = {
        "interaction": hold.interaction,
        "party": hold.id,
        "queue": hold.queue,
        "workbin": hold.workbin,
        "reason": reason.value,
    }
    if parked_in:
        body["parked_in"] = parked_in
    mailbox.post(cmd, Letter("EventRevoked", body, agent_id=hold.agent_id))
