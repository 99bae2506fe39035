"""Writes the event log: every signal becomes events, and a command's events one INSERT."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.dispatch import Signal

from interactions import signals as core
from interactions.commands import Command
from interactions.signals import Fact
from workbins import signals as workbins

EVENTS: Mapping[Signal, str] = {
    core.agent_logged_in: "EventAgentLogin",
    core.agent_logged_out: "EventAgentLogout",
    core.interaction_submitted: "EventInteractionSubmitted",
    core.placed_in_queue: "EventPlacedInQueue",
    workbins.placed_in_workbin: "EventPlacedInWorkbin",
    core.taken_from_queue: "EventTakenFromQueue",
    workbins.taken_from_workbin: "EventTakenFromWorkbin",
    core.party_added: "EventPartyAdded",
    core.party_removed: "EventPartyRemoved",
    core.revoked: "EventRevoked",
    core.processing_stopped: "EventProcessingStopped",
    core.properties_changed: "EventPropertiesChanged",
}

_INSERT = """
    INSERT INTO reporting_event (event, at, interaction, external_id, media_type, queue, workbin, agent,
        session, place, party, operation, reason, actor, attributes)
    SELECT event, %(now)s, interaction, external_id, media_type, queue, workbin, agent,
        session, place, party, operation, reason, actor, attributes
    FROM json_to_recordset(%(events)s::json) AS r (
        event text, interaction bigint, external_id text, media_type text, queue text, workbin bigint,
        agent text, session bigint, place text, party bigint, operation text, reason text, actor jsonb,
        attributes jsonb
    )
"""


def append(signal: Signal, command: Command, facts: list[Fact], **_: Any) -> None:
    name = EVENTS[signal]
    command.journal(write).extend(_event(name, command, fact) for fact in facts)


def write(events: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """One INSERT, after the command's locks: its transaction has a number by then (see Horizon)."""
    return _INSERT, {"events": orjson.dumps(events).decode()}


def _event(name: str, command: Command, fact: Fact) -> dict[str, Any]:
    return {
        "event": name,
        "interaction": fact.interaction,
        "external_id": fact.external_id,
        "media_type": fact.media_type,
        "queue": fact.queue,
        "workbin": fact.workbin,
        "agent": fact.agent,
        "session": fact.session,
        "place": fact.place,
        "party": fact.party,
        "operation": fact.operation or command.operation,
        "reason": fact.reason,
        "actor": (fact.actor or command.actor).members(),
        "attributes": fact.attributes,
    }
