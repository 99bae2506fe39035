"""Take locks, and read what they protect in a statement after them: its clock and its snapshot are
then those from after the wait."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from interactions.models.interaction import State
from interactions.rows import HOLD, HOLDER, INTERACTION, SELECT, Row, to_rows
from interactions.sql import fetch_all, fetch_value, run


def lock_agent(agent_id: int) -> None:
    """NO KEY: what only refers to the agent's row, as a new session does, need not wait."""
    run("SELECT FROM interactions_agent WHERE id = %(id)s FOR NO KEY UPDATE", {"id": agent_id})


_LOCKED = f"""
    WITH i AS MATERIALIZED (
        SELECT * FROM interactions_interaction WHERE id {{which}} ORDER BY id FOR NO KEY UPDATE
    ),
    p AS MATERIALIZED (
        SELECT p.* FROM i JOIN interactions_party p ON p.interaction_id = i.id AND p.ended_at IS NULL
        ORDER BY p.id FOR NO KEY UPDATE OF p
    ),
    clock AS MATERIALIZED (SELECT clock_timestamp() AS now FROM (SELECT count(*) FROM p) AS locked)
    SELECT clock.now, {INTERACTION}, {HOLD}
    FROM clock
    LEFT JOIN (
        i JOIN interactions_queue q ON q.id = i.queue_id
        JOIN interactions_mediatype m ON m.id = i.media_type_id
        LEFT JOIN (p {HOLDER}) ON p.interaction_id = i.id
    ) ON true
    ORDER BY i.id
"""


def lock_interactions(ids: Collection[int]) -> tuple[datetime, list[Row]]:
    """Interactions, then their open parties. Returns the clock after the locks, and what they saw.

    A party, or a queue, that came while the first waited is not in the statement's snapshot, but in the next
    one's.
    """
    now, rows = _lock(ids)
    if len(rows) < len(set(ids)) or any(row.state == State.HANDLING and not row.hold for row in rows):
        now, rows = _lock(ids)
    return now, rows


def _lock(ids: Collection[int]) -> tuple[datetime, list[Row]]:
    tuples = _of(_LOCKED, ids)
    return tuples[0][0], to_rows(values[1:] for values in tuples if values[1] is not None)


def _of(statement: str, ids: Collection[int]) -> list[tuple[Any, ...]]:
    """Of one it is another statement: a plan for many would not be kept for it, but be made each time."""
    if len(ids) == 1:
        return fetch_all(statement.format(which="= %(id)s"), {"id": next(iter(ids))})
    return fetch_all(statement.format(which="= ANY(%(ids)s::bigint[])"), {"ids": list(ids)})


def read_now() -> datetime:
    return fetch_value("SELECT clock_timestamp()")


def read(ids: Collection[int]) -> list[Row]:
    return to_rows(_of(f"{SELECT} WHERE i.id {{which}} ORDER BY i.id", ids))


def open_interactions_of(agent_id: int) -> list[int]:
    """The interactions the agent holds, overdue ones too."""
    return [
        interaction
        for (interaction,) in fetch_all(
            "SELECT interaction_id FROM interactions_party WHERE agent_id = %(agent)s AND ended_at IS NULL",
            {"agent": agent_id},
        )
    ]
