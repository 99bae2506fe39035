"""What a batch of stopped interactions costs, at a million with 100,000 open and 200,000 ended parties."""

import time
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from benchmarks.kit import floor
from benchmarks.kit.results import Results
from interactions import housekeeping

WAITING, HELD, AGENTS, BATCHES = 1_000_000, 100_000, 1_000, 50

_ENDED = """
    INSERT INTO interactions_party (interaction_id, agent_id, session_id, operation, joined_at,
        handling_timeout, last_reset_at, deadline_at, ended_at, end_reason)
    SELECT i.id, s.agent_id, s.id, 'Pull', now(), 600, now(), now(), now(), 'Stopped'
    FROM (SELECT id FROM interactions_interaction WHERE state = 'queued' ORDER BY id DESC LIMIT 200000) i
    JOIN (SELECT min(id) AS id, min(agent_id) AS agent_id FROM interactions_session) s ON true
"""
_STOPPED = """
    UPDATE interactions_interaction SET state = 'stopped', completed_at = now() - interval '100 days'
    WHERE id IN (SELECT id FROM interactions_interaction WHERE state = 'queued' ORDER BY id LIMIT 400000)
"""
_CHECK = "SELECT 1 FROM ONLY interactions_party x WHERE 500 = interaction_id FOR KEY SHARE OF x"


def run(_: Results) -> None:
    floor.make(AGENTS, WAITING)
    floor.hold(HELD, 3600, 600)
    floor.run(_ENDED)
    floor.run(_STOPPED)
    floor.run("VACUUM ANALYZE")
    now = datetime.now(UTC)
    for statement in (
        housekeeping._STOPPED,
        housekeeping._UNLINK,
        "DELETE FROM interactions_party WHERE interaction_id = ANY(%(ids)s::bigint[])",
        _CHECK,
    ):
        explain(statement, {"before": now, "batch": housekeeping.STOPPED_BATCH, "ids": list(range(1, 201))})
    began = time.monotonic()
    gone = sum(housekeeping.purge_stopped(now) or 0 for _ in range(BATCHES))
    took = (time.monotonic() - began) / BATCHES
    print(f"{gone:,} gone, {took * 1000:.0f} ms for a batch of {gone // BATCHES} with its commit")


def explain(statement: str, params: dict[str, Any]) -> None:
    named = {name: value for name, value in params.items() if f"%({name})s" in statement}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", named or None)
        print(*(line for (line,) in cursor.fetchall()), sep="\n", end="\n\n")
        transaction.set_rollback(True)
