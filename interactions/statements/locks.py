"""Take locks, and read what they protect in a statement after them: its clock and its snapshot are
then those from after the wait."""

from collections.abc import Collection
from datetime import datetime

from interactions.rows import SELECT, Row, to_rows
from interactions.sql import fetch_all, fetch_one, run


def lock_agent(agent_id: int) -> None:
    """NO KEY: what only refers to the agent's row, as a new session does, need not wait."""
    run("SELECT FROM interactions_agent WHERE id = %(id)s FOR NO KEY UPDATE", {"id": agent_id})


def lock_interactions(ids: Collection[int]) -> None:
    """Interactions, then their open parties: a party may have been added while the first waited."""
    run(
        """SELECT FROM interactions_interaction WHERE id = ANY(%(ids)s::bigint[])
           ORDER BY id FOR NO KEY UPDATE""",
        {"ids": list(ids)},
    )
    run(
        """SELECT FROM interactions_party WHERE interaction_id = ANY(%(ids)s::bigint[]) AND ended_at IS NULL
           ORDER BY id FOR NO KEY UPDATE""",
        {"ids": list(ids)},
    )


def read_now() -> datetime:
    row = fetch_one("SELECT clock_timestamp()")
    assert row is not None
    return row[0]


def read(ids: Collection[int]) -> list[Row]:
    return to_rows(
        fetch_all(f"{SELECT} WHERE i.id = ANY(%(ids)s::bigint[]) ORDER BY i.id", {"ids": list(ids)})
    )


def open_interactions_of(agent_id: int) -> list[int]:
    """The interactions the agent holds, overdue ones too."""
    return [
        interaction
        for (interaction,) in fetch_all(
            "SELECT interaction_id FROM interactions_party WHERE agent_id = %(agent)s AND ended_at IS NULL",
            {"agent": agent_id},
        )
    ]
