"""What the rows of a range add up to, from as few rows as cover it: quarters of an hour up to the full hour,
hours up to midnight, then days.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from interactions.sql import fetch_all
from reporting.dashboard.ranges import Period
from reporting.intervals import buckets
from reporting.intervals.buckets import Durations
from reporting.intervals.reading import CHANGES, Levels
from reporting.intervals.spans import DAY, HOUR, begin_of
from reporting.models import Kind, Total

MOST_POINTS = 48  # of a sparkline

_COVERING = """
    FROM reporting_interval WHERE projection_id = %(projection)s AND kind = %(kind)s AND (
        (seconds = 900 AND starts_at >= %(since)s AND starts_at < %(hour)s)
        OR (seconds = 3600 AND starts_at >= %(hour)s AND starts_at < %(midnight)s)
        OR (seconds = 86400 AND starts_at >= %(midnight)s)
    )
"""

_OF_QUEUES = f"""
    SELECT key, sum(entered)::int, sum(pulled)::int, sum(stopped)::int,
        sum(expired + revoked_by_hand)::int, sum(wait_ms)::bigint, max(wait_max_ms),
        array_agg(wait_counts::text)
    {_COVERING} GROUP BY key
"""

# An area reaches to its row's end, so a change of level counts on from there to the present, or back.
_OF_AGENTS = f"""
    SELECT key, sum(pulled)::int, sum(stopped)::int, sum(expired + revoked_by_hand)::int,
        sum(held_change)::int, sum(logged_in_change)::int,
        sum(held_area_ms + held_change * (%(now)s - extract(epoch FROM starts_at) - seconds) * 1000)::float8,
        sum(logged_in_area_ms
            + logged_in_change * (%(now)s - extract(epoch FROM starts_at) - seconds) * 1000)::float8
    {_COVERING} AND key = ANY(%(agents)s::text[]) GROUP BY key
"""

_CHANGES = """
    SELECT key, array_agg(((extract(epoch FROM starts_at) - %(epoch)s) / %(seconds)s)::int),
        array_agg(waiting_change::int)
    FROM reporting_interval
    WHERE projection_id = %(projection)s AND kind = 'queue' AND seconds = %(seconds)s
        AND starts_at >= %(since)s AND waiting_change <> 0
    GROUP BY key
"""


@dataclass(slots=True)
class QueueSums:
    entered: int = 0
    pulled: int = 0
    completed: int = 0
    revoked: int = 0
    waits: Durations = field(default_factory=Durations)


@dataclass(slots=True)
class AgentSums:
    pulled: int = 0
    completed: int = 0
    revoked: int = 0
    held_seconds: float = 0.0  # the sum over all holds
    logged_in_seconds: float = 0.0


def of_queues(period: Period) -> dict[str, QueueSums]:
    found = {}
    for key, entered, pulled, stopped, revoked, total, longest, counts in fetch_all(
        _OF_QUEUES, _params("queue", period)
    ):
        together: buckets.Counts = {}
        for each in counts:
            buckets.add(together, orjson.loads(each))
        waits = Durations(together, total, longest)
        found[key] = QueueSums(entered, pulled, stopped, revoked, waits)
    return found


def of_agents(period: Period, agents: Collection[str]) -> dict[str, AgentSums]:
    """Of those of them who did anything, or were logged in."""
    params = _params("agent", period) | {"agents": list(agents)}
    sums = {key: values for key, *values in fetch_all(_OF_AGENTS, params)}
    length = period.length.total_seconds()
    levels, found = _present(Kind.AGENT, period, agents), {}
    for key in levels.keys() | sums.keys():
        level = levels.get(key, Levels())
        pulled, stopped, revoked, held, logged_in, *areas = sums.get(key, (0, 0, 0, 0, 0, 0.0, 0.0))
        seconds = [
            max(0.0, before * length + area / 1000)
            for before, area in zip((level.held - held, level.logged_in - logged_in), areas, strict=True)
        ]
        found[key] = AgentSums(pulled, stopped, revoked, *seconds)
    return found


def waiting_over_time(period: Period) -> dict[str, list[int]]:
    """How many waited in each queue when the range began, and at the ends of its intervals."""
    seconds = period.range.seconds
    params = _params("queue", period) | {"epoch": period.since.timestamp(), "seconds": seconds}
    length = int(period.length.total_seconds() // seconds) + 1
    changes = {key: dict(zip(*pairs, strict=True)) for key, *pairs in fetch_all(_CHANGES, params)}
    found = {}
    for key, level in _present(Kind.QUEUE, period).items():
        of_key = changes.get(key, {})
        waiting = level.waiting - sum(of_key.values())
        points = [waiting]
        for index in range(length):
            waiting += of_key.get(index, 0)
            points.append(waiting)
        found[key] = _thin(points)
    return found


def _thin(points: list[int]) -> list[int]:
    """Every so many, to the last."""
    step = -(-len(points) // MOST_POINTS)
    return points[::-1][::step][::-1]


def _present(kind: Kind, period: Period, keys: Collection[str] | None = None) -> dict[str, Levels]:
    rows = Total.objects.about(period.projection, kind, keys).values_list("key", *CHANGES)
    return {key: Levels(*changes) for key, *changes in rows}


def _params(kind: str, period: Period) -> dict[str, Any]:
    since = period.since
    return {
        "projection": period.projection.pk,
        "kind": kind,
        "since": since,
        "hour": _end_of(since, HOUR),
        "midnight": _end_of(since, DAY),
        "now": period.now.timestamp(),
    }


def _end_of(at: datetime, seconds: int) -> datetime:
    """The first begin of such a span that is not before."""
    return begin_of(at + timedelta(seconds=seconds) - timedelta(milliseconds=1), seconds)
