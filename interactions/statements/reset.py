"""The reset: any request of an agent moves the deadlines of all that the agent holds."""

from collections.abc import Collection
from datetime import datetime

from interactions.sql import fetch_one

# A tenth of the timeout before the deadline, a minute at most.
WARN_AT = "{deadline} - least(0.1 * {timeout}, 60) * interval '1 second'"
_DEADLINE = (
    "greatest(p.deadline_at, least(clock.now + p.handling_timeout * interval '1 second', p.expires_at))"
)

RESET = f"""
    WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
    moved AS (
        UPDATE interactions_party p SET
            last_reset_at = clock.now,
            deadline_at = {_DEADLINE},
            warn_at = CASE
                WHEN {_DEADLINE} > p.deadline_at
                THEN {WARN_AT.format(deadline=_DEADLINE, timeout="p.handling_timeout")}
                ELSE p.warn_at  -- at its cap: one warning is enough
            END
        FROM clock
        WHERE p.id = ANY(%(parties)s::bigint[]) AND p.ended_at IS NULL AND p.deadline_at > clock.now
        RETURNING p.deadline_at
    )
    SELECT clock.now, array_agg(DISTINCT deadline_at)
    FROM clock LEFT JOIN moved ON true
    GROUP BY clock.now
"""

# For a SELECT that names the agent as a: what is held, locked in its order. What was overdue before is left
# alone: an agent who goes on asking must not hide it from those who revoke and skip what is locked.
LOCKED_HOLDS = """ARRAY(
    SELECT p.id FROM interactions_party p
    WHERE p.agent_id = a.id AND p.ended_at IS NULL AND p.deadline_at > statement_timestamp()
    ORDER BY p.id FOR NO KEY UPDATE
)"""


def reset(parties: Collection[int]) -> tuple[datetime, list[datetime]]:
    """Move the deadlines of these holds but for the overdue ones. Returns the clock and the deadlines.

    An earlier statement has locked them, so the clock read here is later than any wait.
    It must never revive an overdue hold, and never move a deadline backwards.
    """
    row = fetch_one(RESET, {"parties": list(parties)})
    assert row is not None
    now, deadlines = row
    return now, [deadline for deadline in deadlines if deadline is not None]
