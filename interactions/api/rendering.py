"""Interactions and parties as JSON. api.md has the shapes; schema.py describes them to OpenAPI."""

from typing import Any

import orjson

from interactions.instants import instant, instant_or_none
from interactions.rows import Hold, Row


def render_party(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "interaction": hold.interaction,
        "agent": hold.agent,
        "operation": hold.operation,
        "queue": hold.queue,
        "workbin": hold.workbin,
        "joined_at": instant(hold.joined_at),
        "handling_timeout": hold.handling_timeout,
        "deadline_at": instant(hold.deadline_at),
        "expires_at": instant_or_none(hold.expires_at),
    }


def acknowledge(row: Row) -> dict[str, Any]:
    return {"event": "EventAck", "interaction": render_interaction(row)}


def render_interaction(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "external_id": row.external_id,
        "media_type": row.media_type,
        "interaction_type": row.interaction_type,
        "interaction_subtype": row.interaction_subtype,
        "parent": row.parent,
        "queue": row.queue,
        "workbin": row.workbin,
        "state": row.state,
        "priority": row.priority,
        "user_data": orjson.Fragment(row.user_data),
        "handling_timeout": row.handling_timeout,
        "received_at": instant(row.received_at),
        "submitted_at": instant(row.submitted_at),
        "moved_to_queue_at": instant_or_none(row.moved_to_queue_at),
        "placed_in_queue_at": instant_or_none(row.placed_in_queue_at),
        "completed_at": instant_or_none(row.completed_at),
        "stop_reason": row.stop_reason,
        "revocation_count": row.revocation_count,
        "party": render_party(row.hold) if row.hold else None,
    }
