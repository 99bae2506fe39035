"""How long `manage.py audit` takes, and how much memory, by the length of the log."""

import os
import subprocess
import sys

from django.conf import settings

from benchmarks.kit import floor
from benchmarks.kit.results import Results

SIZES = (20_000, 100_000)  # interactions of ten events each

BATCH = 10_000

# Submitted, pulled, revoked, pulled and stopped. A thousand of them go on side by side.
_LIVES = """
    WITH whose AS (
        SELECT s.id AS session, u.username AS agent, q.id AS queue, m.id AS media
        FROM interactions_session s JOIN interactions_agent a ON a.id = s.agent_id
        JOIN auth_user u ON u.id = a.user_id, interactions_queue q, interactions_mediatype m
        WHERE q.name = 'mail' AND m.name = 'email' ORDER BY s.id LIMIT 1
    ),
    i AS (
        INSERT INTO interactions_interaction (media_type_id, interaction_type, interaction_subtype, queue_id,
            state, priority, user_data, received_at, submitted_by, moved_to_queue_at, placed_in_queue_at,
            revocation_count, completed_at)
        SELECT media, '', '', queue, 'stopped', 0, '{}', now(), 'gateway', now(), now(), 1, now()
        FROM whose, generate_series(1, %(count)s)
        RETURNING id
    )
    INSERT INTO reporting_event (event, at, interaction, media_type, queue, agent, session, party, operation,
        reason, actor, attributes)
    SELECT 'Event' || event, now(), i.id, 'email', 'mail', CASE WHEN turn > 0 THEN agent END,
        CASE WHEN turn > 0 THEN session END, CASE WHEN turn > 0 THEN i.id * 2 + turn END, operation, reason,
        '{"kind": "agent", "name": "agent1"}', '{}'
    FROM i, whose, (VALUES
        (1, 'InteractionSubmitted', 0, 'Submit', NULL), (2, 'PlacedInQueue', 0, 'Submit', NULL),
        (3, 'TakenFromQueue', 1, 'Pull', NULL), (4, 'PartyAdded', 1, 'Pull', NULL),
        (5, 'PartyRemoved', 1, 'Revoke', 'Expired'), (6, 'Revoked', 1, 'Revoke', 'Expired'),
        (7, 'TakenFromQueue', 2, 'Pull', NULL), (8, 'PartyAdded', 2, 'Pull', NULL),
        (9, 'PartyRemoved', 2, 'Stop', 'Stopped'), (10, 'ProcessingStopped', 2, 'Stop', NULL)
    ) AS step (number, event, turn, operation, reason)
    ORDER BY i.id / 1000, number, i.id
"""
_LOGINS = """
    INSERT INTO reporting_event (event, at, agent, session, operation, actor, attributes)
    SELECT 'EventAgentLogin', s.started_at, u.username, s.id, 'Login', '{"kind": "agent", "name": ""}', '{}'
    FROM interactions_session s JOIN interactions_agent a ON a.id = s.agent_id
    JOIN auth_user u ON u.id = a.user_id
"""


def run(_: Results) -> None:
    floor.make(100, 0)
    floor.run(_LOGINS)
    made = 0
    for size in SIZES:
        while made < size:
            made += floor.run(_LIVES, {"count": BATCH}) // 10
        floor.run("VACUUM ANALYZE")
        print(f"{size:,} interactions, {size * 10:,} events", flush=True)
        measure()


def measure() -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "audit"]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit("the audit found what it should not")
    print(f"at most {usage.ru_maxrss / 1024:.0f} MiB\n", flush=True)
