"""The reset: any request of an agent moves the deadlines of all that the agent holds.

It is one statement with who asks, so that a request costs one round trip and one commit. Its parts wait for
each other: the holds are locked, then the clock is read, then those that are not overdue are moved. What
their locks saw counts, and not what the statement's snapshot has.

It waits for no lock: those who revoke skip what is locked, and one hold that somebody keeps locked must
neither hide the agent's others from them nor cost the agent those. What it finds locked it tells, and each
of those is then waited for alone.
"""

from interactions.rows import HOLD, HOLDER

# A tenth of the timeout before the deadline, a minute at most.
WARN_AT = "{deadline} - least(0.1 * {timeout}, 60) * interval '1 second'"
_DEADLINE = (
    "greatest(p.deadline_at, least(clock.now + p.handling_timeout * interval '1 second', p.expires_at))"
)

# What was overdue before is left alone: an agent who goes on asking must not hide it from those who revoke.
_OPEN = """
    FROM who JOIN interactions_party p ON p.agent_id = who.agent_id
    WHERE who.refused IS NULL AND p.ended_at IS NULL AND p.deadline_at > statement_timestamp()"""
# Two forms of each statement. What was changed meanwhile counts as locked: to wait for it costs nothing.
FREE = {
    "which": "",
    "skip": "SKIP LOCKED",
    "locked": f"ARRAY(SELECT p.id {_OPEN} AND p.id <> ALL(ARRAY(SELECT id FROM held)))",
}
ONE = {"which": "AND p.id = %(party)s", "skip": "", "locked": "ARRAY[]::bigint[]"}

# `who` gives session, agent_id, last_request_at, and `refused` where the request is no activity.

# Once in `touch` seconds, and never waited for: a log-out holds it while it waits for the parties of a reset.
_TOUCHED = """
    touched AS (
        UPDATE interactions_session s SET last_request_at = clock.now FROM clock
        WHERE s.id = ANY(ARRAY(
            SELECT s.id FROM who, clock, interactions_session s
            WHERE s.id = who.session AND who.refused IS NULL
                AND who.last_request_at < clock.now - %(touch)s * interval '1 second'
            ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED
        ))
    )
"""
_MOVE = f"""
    WITH who AS MATERIALIZED ({{who}}),
    held AS MATERIALIZED (
        SELECT p.id, p.deadline_at {_OPEN} {{which}} ORDER BY p.id FOR NO KEY UPDATE OF p {{skip}}
    ),
    clock AS MATERIALIZED (SELECT clock_timestamp() AS now FROM (SELECT count(*) FROM held) AS locked),
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
        WHERE p.id = ANY(ARRAY(SELECT held.id FROM held, clock WHERE held.deadline_at > clock.now))
        RETURNING p.*
    ),
    {_TOUCHED}
"""
RESET = f"""
    {_MOVE}
    SELECT who.*, {{locked}}, clock.now, ARRAY(SELECT DISTINCT deadline_at FROM moved) FROM who, clock
"""
# With what is held, for whoever asks for nothing else.
KEEP = f"""
    {_MOVE}
    SELECT who.*, {{locked}}, clock.now, {HOLD}
    FROM who CROSS JOIN clock LEFT JOIN (
        moved p
        JOIN interactions_interaction i ON i.id = p.interaction_id
        JOIN interactions_queue q ON q.id = i.queue_id {HOLDER}
    ) ON true
    ORDER BY p.id
"""
# A request that only receives keeps its session, and no hold; so do many that are read together.
TOUCH = f"""
    WITH who AS MATERIALIZED ({{who}}),
    clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
    {_TOUCHED}
    SELECT * FROM who
"""
