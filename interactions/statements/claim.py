"""The claim: interactions become an agent's, waiting ones and new ones, in one statement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings

from interactions.callers import AgentCaller
from interactions.lines import Line
from interactions.models.party import Operation
from interactions.rows import INTERACTION, INTERACTION_WIDTH, Hold, Row
from interactions.sql import fetch_all
from interactions.statements.reset import WARN_AT


@dataclass(slots=True)
class Claim:
    """What was taken, and what says why nothing was."""

    now: datetime
    is_logged_in: bool
    open_holds: int
    rows: list[Row]


_OPEN_HOLDS = """(
    SELECT count(*)::int FROM interactions_party
    WHERE agent_id = %(agent)s AND ended_at IS NULL AND deadline_at > statement_timestamp()
)"""

_CLAIM = f"""
    WITH seen AS (
        SELECT clock_timestamp() AS now,
            EXISTS (
                SELECT FROM interactions_session WHERE id = %(session)s AND ended_at IS NULL
            ) AS is_logged_in,
            {_OPEN_HOLDS} AS open_holds
    ),
    ticket AS MATERIALIZED (
        SELECT seen.*,
            CASE WHEN is_logged_in
                THEN greatest(0, least(%(count)s::int, %(capacity)s::int - open_holds)) ELSE 0
            END AS room
        FROM seen
    ),
    {{i}},
    terms AS (
        SELECT i.id AS interaction_id, priority, place_in_queue_seq, now, timeout, expires_at,
            least(now + timeout * interval '1 second', expires_at) AS deadline_at
        FROM i
        JOIN interactions_queue q ON q.id = i.queue_id
        JOIN interactions_mediatype m ON m.id = i.media_type_id
        CROSS JOIN ticket
        CROSS JOIN LATERAL (
            SELECT
                coalesce(
                    i.handling_timeout, q.handling_timeout, m.handling_timeout, %(timeout)s::int
                ) AS timeout,
                now + q.max_handling_time * interval '1 second' AS expires_at
        ) resolved
    ),
    p AS (
        INSERT INTO interactions_party (interaction_id, agent_id, session_id, operation, joined_at,
            handling_timeout, last_reset_at, deadline_at, expires_at, warn_at)
        SELECT interaction_id, %(agent)s, %(session)s, %(operation)s, now, timeout, now, deadline_at,
            expires_at, {WARN_AT.format(deadline="deadline_at", timeout="timeout")}
        FROM terms ORDER BY priority DESC, place_in_queue_seq
        RETURNING *
    )
    SELECT ticket.now, ticket.is_logged_in, ticket.open_holds, {INTERACTION},
        p.id, p.operation, p.joined_at, p.handling_timeout, p.last_reset_at, p.deadline_at, p.expires_at
    FROM ticket
    LEFT JOIN (
        i JOIN p ON p.interaction_id = i.id
        JOIN interactions_queue q ON q.id = i.queue_id
        JOIN interactions_mediatype m ON m.id = i.media_type_id
    ) ON true
    ORDER BY i.priority DESC, i.place_in_queue_seq
"""

_WAITING = """
    waiting AS MATERIALIZED ({waiting}),
    i AS (
        UPDATE interactions_interaction i SET state = 'handling' FROM waiting WHERE i.id = waiting.id
        RETURNING i.*
    )
"""

_HEAD = """
    SELECT i.id FROM interactions_interaction i
    WHERE i.queue_id = {queue} AND i.state = 'queued' {media}
    ORDER BY i.priority DESC, i.place_in_queue_seq
    LIMIT (SELECT room FROM ticket)
    FOR NO KEY UPDATE SKIP LOCKED
"""
# Line by line, and no line is looked at, or locked, once there is enough.
_HEADS = f"""
    SELECT head.id FROM unnest(%(queues)s::bigint[]) AS line (queue_id),
        LATERAL ({_HEAD.replace("{queue}", "line.queue_id")}) head
    LIMIT (SELECT room FROM ticket)
"""


def _pull_of(waiting: str) -> str:
    return _CLAIM.format(i=_WAITING.format(waiting=waiting))


def _in_order(heads: str) -> dict[str, str]:
    """By which media are asked for.

    The planner cannot know the room; the constant tells it that there are few, and so to use the indexes.
    """
    media = {
        "all": "",
        "one": "AND i.media_type_id = %(medium)s",  # an equality, so that its index gives the order too
        "some": "AND i.media_type_id = ANY(%(media)s::bigint[])",
    }
    return {
        which: _pull_of(
            f"SELECT id FROM ({heads.format(queue='%(queue)s', media=only)}) found LIMIT {{most}}"
        )
        for which, only in media.items()
    }


_ONE_LINE, _MANY_LINES = _in_order(_HEAD), _in_order(_HEADS)
_BY_ID = _pull_of(
    """
    WITH free AS MATERIALIZED (
        SELECT i.id FROM interactions_interaction i
        WHERE i.id = ANY(%(ids)s::bigint[]) AND i.queue_id = %(queue)s AND i.state = 'queued'
            AND (SELECT room = %(count)s FROM ticket)
        ORDER BY i.id FOR NO KEY UPDATE SKIP LOCKED
    )
    SELECT id FROM free WHERE (SELECT count(*) FROM free) = %(count)s
"""
)
_NEW = _CLAIM.format(
    i="""
    i AS (
        INSERT INTO interactions_interaction AS i (external_id, media_type_id, interaction_type,
            interaction_subtype, parent_id, queue_id, state, priority, user_data, handling_timeout,
            received_at, submitted_at, submitted_by, waiting_since, revocation_count)
        SELECT %(external_id)s::text, %(media_type_id)s::bigint, %(interaction_type)s::text,
            %(interaction_subtype)s::text, %(parent_id)s::bigint, %(queue_id)s::bigint, 'handling',
            %(priority)s::int, %(user_data)s::jsonb, %(handling_timeout)s::int,
            coalesce(%(received_at)s::timestamptz, now), now, %(submitted_by)s::text, now, 0
        FROM ticket WHERE room > 0
        ON CONFLICT (external_id) WHERE external_id IS NOT NULL DO NOTHING
        RETURNING i.*
    )
"""
)


def count_open(agent_id: int) -> int:
    """The agent's holds that are not overdue."""
    [(count,)] = fetch_all(f"SELECT {_OPEN_HOLDS}", {"agent": agent_id})
    return count


def claim_in_line(caller: AgentCaller, line: Line, count: int) -> Claim:
    """Take up to `count` from the head of the line. The agent is locked, so the capacity holds.

    It must never wait for another pull, and never take out of order what is not locked by one.
    """
    media = line.media
    which = "all" if media is None else "one" if len(media) == 1 else "some"
    params: dict[str, Any] = {} if media is None else {"media": media, "medium": media[0] if media else None}
    if len(line.queue_ids) == 1:
        return _claim(_ONE_LINE[which], caller, line.capacity, count, queue=line.queue_ids[0], **params)
    return _claim(_MANY_LINES[which], caller, line.capacity, count, queues=line.queue_ids, **params)


def claim_by_id(caller: AgentCaller, line: Line, ids: Collection[int]) -> Claim:
    """Take all of these, or none if one is not free or they do not fit. It must never wait."""
    return _claim(_BY_ID, caller, line.capacity, len(ids), queue=line.queue_ids[0], ids=list(ids))


def claim_new(caller: AgentCaller, capacity: int | None, given: Mapping[str, Any]) -> Claim:
    """Make an interaction that is the agent's from the start; `given` are its columns. The agent is locked.

    It must never make one that does not fit, nor a second one of an external_id: then it makes none.
    """
    columns = dict(given) | {"user_data": orjson.dumps(given["user_data"]).decode()}
    made_by = {"submitted_by": caller.actor.name, "operation": Operation.SUBMIT.value}
    return _claim(_NEW, caller, capacity, 1, **columns, **made_by)


def _claim(statement: str, caller: AgentCaller, capacity: int | None, count: int, **params: Any) -> Claim:
    tuples = fetch_all(
        statement.replace("{most}", str(int(count))),
        {
            "agent": caller.agent_id,
            "session": caller.session,
            "capacity": capacity,
            "count": count,
            "timeout": settings.HANDLING_TIMEOUT,
            "operation": Operation.PULL.value,
            **params,
        },
    )
    now, is_logged_in, open_holds = tuples[0][:3]
    rows = [_taken(values[3:], caller) for values in tuples if values[3] is not None]
    return Claim(now, is_logged_in, open_holds, rows)


def _taken(values: tuple[Any, ...], caller: AgentCaller) -> Row:
    row = Row(*values[:INTERACTION_WIDTH])
    party, operation, joined_at, timeout, last_reset_at, deadline_at, expires_at = values[INTERACTION_WIDTH:]
    row.hold = Hold(
        id=party,
        interaction=row.id,
        queue=row.queue,
        workbin=row.workbin,
        agent_id=caller.agent_id,
        agent=caller.username,
        session=caller.session,
        place=caller.place,
        operation=operation,
        joined_at=joined_at,
        handling_timeout=timeout,
        last_reset_at=last_reset_at,
        deadline_at=deadline_at,
        expires_at=expires_at,
    )
    return row
