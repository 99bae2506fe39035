"""A year's event log of any length, made in a few statements: fifty queues, a thousand agents, two thousand
workbins, ten events to an interaction, and a few of what is rare."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from interactions.sql import fetch_all, fetch_one, run
from reporting import partitions

RARE_EVENT, RARE_QUEUE, RARE_AGENT, RARE_WORKBIN = "EventPropertiesChanged", "closed", "guest", 999_999
SPAN = timedelta(days=365)

# Two events are a command. Five commands are a life, and a thousand others have come between two of them.
_FILL = """
    INSERT INTO reporting_event (id, event, at, interaction, external_id, media_type, queue, workbin, agent,
        session, place, party, operation, reason, actor, attributes)
    SELECT n,
        CASE WHEN n %% (%(events)s / 5) = 77 THEN %(rare_event)s ELSE kind END,
        %(begin)s + n / 2 * (%(span)s * 2 / %(events)s),
        interaction,
        '<' || md5(interaction::text) || '@mail.example>', 'email',
        CASE WHEN is_workbin THEN NULL WHEN n BETWEEN first AND last AND n %% 50 = 0 THEN %(rare_queue)s
            ELSE 'customer-care-' || interaction %% 50 END,
        CASE WHEN n IN (first, first + 5) THEN %(rare_workbin)s WHEN is_workbin THEN interaction %% 2000 END,
        CASE WHEN step < 2 THEN NULL WHEN n BETWEEN first AND last AND n %% 50 = 3 THEN %(rare_agent)s
            ELSE 'agent-' || agent END,
        CASE WHEN step >= 2 THEN agent + n / 100000 END,
        CASE WHEN step >= 2 THEN 'desk-' || agent %% 400 END,
        CASE WHEN step >= 2 THEN n / 4 END,
        (ARRAY['Submit', 'Pull', 'Revoke', 'Pull', 'StopProcessing'])[1 + step / 2],
        CASE step WHEN 4 THEN 'Expired' WHEN 5 THEN 'Expired' WHEN 8 THEN 'Stopped' END,
        CASE WHEN step < 2 THEN '{"kind": "service", "name": "mail-gateway"}'::jsonb
            WHEN step IN (4, 5) THEN '{"kind": "timer", "name": "revocation"}'
            ELSE jsonb_build_object('kind', 'agent', 'name', 'agent-' || agent) END,
        CASE WHEN step IN (3, 7) THEN '{"handling_timeout": 600, "expires_at": null,
                "deadline_at": "2026-01-01T12:00:00.123456Z"}'::jsonb
            WHEN step IN (4, 8) THEN '{"joined_at": "2026-01-01T12:00:00.123456Z", "handling_seconds": 321.5,
                "last_reset_at": "2026-01-01T12:03:00.123456Z"}'
            WHEN step IN (2, 6) THEN '{"waited_seconds": 17.25}'
            WHEN step = 5 THEN '{"deadline_at": "2026-01-01T12:00:00.123456Z", "late_seconds": 0.123}'
            WHEN step = 0 THEN '{"interaction_type": "Inbound", "interaction_subtype": "InboundNew",
                "parent": null, "priority": 0}'
            ELSE '{}' END
    FROM (
        SELECT n, n %% 10 AS step, interaction, interaction %% 10 = 0 AS is_workbin,
            interaction * 7919 %% 1000 AS agent,
            %(events)s::bigint / 2 AS first, %(events)s::bigint * 201 / 400 AS last,
            (ARRAY['EventInteractionSubmitted', 'EventPlacedInQueue', 'EventTakenFromQueue',
                'EventPartyAdded', 'EventPartyRemoved', 'EventRevoked', 'EventTakenFromQueue',
                'EventPartyAdded', 'EventPartyRemoved', 'EventProcessingStopped'])[1 + n %% 10] AS kind
        FROM (SELECT n, 10000 + n / 10 - 1000 * (n %% 10 / 2) AS interaction
              FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n) numbers
    ) lives
"""
_INDEXES = """
    SELECT indexrelid::regclass, conname, coalesce(
        'ALTER TABLE reporting_event ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(c.oid),
        replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON '))
    FROM pg_index LEFT JOIN pg_constraint c ON conindid = indexrelid
    WHERE indrelid = 'reporting_event'::regclass
"""


@dataclass(frozen=True)
class Year:
    events: int
    begins_at: datetime
    ends_at: datetime


def make(events: int, told: Callable[[int], None] = lambda _: None) -> Year:
    """`told` hears how many there are so far."""
    [now] = fetch_one("SELECT clock_timestamp()") or [datetime.now(UTC)]
    begins_at = now - SPAN
    partitions.provide(begins_at)
    given = {
        **{"events": events, "begin": begins_at, "span": SPAN, "rare_event": RARE_EVENT},
        **{"rare_queue": RARE_QUEUE, "rare_agent": RARE_AGENT, "rare_workbin": RARE_WORKBIN},
    }
    with without_indexes():
        step = max(events // 100, 1)
        for first in range(1, events + 1, step):
            last = min(first + step - 1, events)
            run(_FILL, {**given, "from": first, "to": last})
            told(last)
    run("SELECT setval('reporting_event_id_seq', %(events)s)", {"events": events})
    run("VACUUM ANALYZE reporting_event")
    return Year(events, begins_at, now)


@contextmanager
def without_indexes() -> Iterator[None]:
    """They are made afterwards: ten times as fast."""
    indexes = fetch_all(_INDEXES)
    for name, constraint, _ in indexes:
        run(f"ALTER TABLE reporting_event DROP CONSTRAINT {name}" if constraint else f"DROP INDEX {name}")
    try:
        yield
    finally:
        run("SET maintenance_work_mem = '1GB'")
        for _, _, definition in indexes:
            run(definition)
        run("RESET maintenance_work_mem")
