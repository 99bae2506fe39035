"""What the intervals must say, counted once more: in plain SQL over the whole log."""

from typing import Any

import orjson

from interactions.sql import fetch_all, run
from reporting.intervals import projector
from reporting.models import Interval

WITHIN = 60_000  # milliseconds

_COUNT = """
    WITH told AS (
        SELECT 'server' AS kind, '' AS key, * FROM reporting_event
        UNION ALL SELECT 'queue', queue, * FROM reporting_event WHERE queue IS NOT NULL
        UNION ALL SELECT 'workbin', workbin::text, * FROM reporting_event WHERE workbin IS NOT NULL
        UNION ALL SELECT 'agent', agent, * FROM reporting_event WHERE agent IS NOT NULL
    ), counted AS (
        SELECT kind, key, date_bin('15 minutes', at, '2000-01-01Z') AS starts_at,
            count(*) FILTER (WHERE event = 'EventPlacedInQueue' AND kind <> 'agent') AS entered,
            count(*) FILTER (WHERE event = 'EventTakenFromQueue') AS pulled,
            count(*) FILTER (WHERE event = 'EventProcessingStopped'
                AND (kind <> 'agent' OR actor ->> 'name' = agent)) AS stopped,
            count(*) FILTER (WHERE event = 'EventPartyRemoved' AND reason = 'Placed') AS placed,
            count(*) FILTER (WHERE event = 'EventPartyRemoved' AND reason = 'Expired') AS expired,
            count(*) FILTER (WHERE event = 'EventPartyRemoved' AND reason = 'Revoked') AS revoked_by_hand,
            count(*) FILTER (WHERE event = 'EventPartyRemoved' AND reason = 'LoggedOut') AS logged_out,
            count(*) FILTER (WHERE event = 'EventPartyRemoved'
                AND reason = 'SessionExpired') AS session_expired,
            sum(ms(attributes, 'waited_seconds')) FILTER (WHERE event = 'EventTakenFromQueue') AS wait_ms,
            max(ms(attributes, 'waited_seconds')) FILTER (WHERE event = 'EventTakenFromQueue') AS wait_max_ms,
            count(*) FILTER (WHERE event = 'EventTakenFromQueue'
                AND ms(attributes, 'waited_seconds') <= %(within)s) AS waits_within,
            sum(ms(attributes, 'handling_seconds')) FILTER (WHERE event = 'EventPartyRemoved') AS handling_ms,
            max(ms(attributes, 'handling_seconds'))
                FILTER (WHERE event = 'EventPartyRemoved') AS handling_max_ms,
            sum(ms(attributes, 'late_seconds'))
                FILTER (WHERE event = 'EventRevoked' AND reason = 'Expired') AS late_ms,
            max(ms(attributes, 'late_seconds'))
                FILTER (WHERE event = 'EventRevoked' AND reason = 'Expired') AS late_max_ms,
            count(*) FILTER (WHERE event = 'EventPartyAdded')
                - count(*) FILTER (WHERE event = 'EventPartyRemoved') AS held_change,
            count(*) FILTER (WHERE event = 'EventAgentLogin' AND attributes -> 'is_first' = 'true')
                - count(*) FILTER (WHERE event = 'EventAgentLogout' AND attributes -> 'is_last' = 'true')
                AS logged_in_change
        FROM told GROUP BY 1, 2, 3
    )
    SELECT to_jsonb(counted) - '{kind,key,starts_at}'::text[], kind, key, starts_at FROM counted
"""

_MS = """
    CREATE OR REPLACE FUNCTION pg_temp.ms(attributes jsonb, name text) RETURNS float8 IMMUTABLE
    LANGUAGE sql AS $$ SELECT round((attributes ->> name)::float8 * 1000) $$
"""


def counted() -> dict[tuple[str, str, Any], dict[str, int]]:
    """From the log, by kind, key and begin. What is nothing is left out."""
    run(_MS)
    rows = fetch_all(_COUNT.replace("ms(", "pg_temp.ms("), {"within": WITHIN})
    return {tuple(of): nonzero for values, *of in rows if (nonzero := _nonzero(orjson.loads(values)))}


def stored(projection: int | None = None) -> dict[tuple[str, str, Any], dict[str, int]]:
    """The same, from the quarters that the projector has written."""
    names = [name for name in next(iter(counted().values())) if name != "waits_within"]
    every = set(names) | {name for values in counted().values() for name in values} - {"waits_within"}
    rows = Interval.objects.filter(projection=projection or projector.live().pk, seconds=900)
    found = {}
    for row in rows:
        values = {name: getattr(row, name) for name in every}
        values["waits_within"] = row.waits.count_within(WITHIN / 1000)
        if nonzero := _nonzero(values):
            found[row.kind, row.key, row.starts_at] = nonzero
    return found


def _nonzero(values: dict[str, Any]) -> dict[str, int]:
    return {name: int(value) for name, value in values.items() if value}


_WHOLE = """
    SELECT (to_jsonb(t) - '{{id,projection_id}}'::text[])::text FROM {table} t
    WHERE projection_id = %(live)s ORDER BY 1
"""


def everything() -> list[list[str]]:
    """Every row in use, whole, but for what is the database's own."""
    live = {"live": projector.live().pk}
    tables = ("reporting_interval", "reporting_total")
    return [[row for (row,) in fetch_all(_WHOLE.format(table=table), live)] for table in tables]
