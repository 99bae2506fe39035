"""A line per queue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from interactions.sql import fetch_all
from reporting.dashboard import alarms, figures
from reporting.dashboard.alarms import ASSUMED, OpenAlarm, Target
from reporting.dashboard.figures import QueueSums
from reporting.dashboard.ranges import Period
from reporting.now import Now

# Which agents may pull from each queue and are logged in.
_STAFF = """
    SELECT q.id, q.name, q.description, coalesce(staff.agents, 0)
    FROM interactions_queue q LEFT JOIN (
        SELECT of_queue.queue_id, count(DISTINCT s.agent_id) AS agents
        FROM interactions_session s
        JOIN interactions_agent_groups of_agent ON of_agent.agent_id = s.agent_id
        JOIN interactions_queue_agent_groups of_queue ON of_queue.agentgroup_id = of_agent.agentgroup_id
        WHERE s.ended_at IS NULL GROUP BY 1
    ) staff ON staff.queue_id = q.id
    WHERE NOT q.is_private
"""

# How many have waited longer already than was promised.
_LATE = """
    SELECT promised.name, (
        SELECT count(*) FROM interactions_interaction i
        WHERE i.queue_id = q.id AND i.state = 'queued'
            AND i.waiting_since < %(now)s - promised.seconds * interval '1 second'
    )
    FROM unnest(%(names)s::text[], %(seconds)s::int[]) AS promised (name, seconds)
    JOIN interactions_queue q ON q.name = promised.name
"""


@dataclass(slots=True)
class QueueLine:
    id: int
    queue: str
    description: str
    is_paused: bool
    agents: int  # logged in who may pull from it
    waiting: int
    held: int
    oldest_at: datetime | None
    oldest_seconds: float | None
    sums: QueueSums
    trend: list[int]
    target: Target | None
    late: int  # of those waiting, if there is a target
    alarms: list[OpenAlarm] = field(default_factory=list)

    @property
    def limit(self) -> int:
        """Seconds from which on a wait is long."""
        return self.target.seconds if self.target else ASSUMED

    @property
    def is_slow(self) -> bool:
        return (self.oldest_seconds or 0) > self.limit

    @property
    def revoked_share(self) -> float:
        return self.sums.revoked / self.sums.pulled if self.sums.pulled else 0.0

    @property
    def in_time(self) -> float | None:
        """Percent pulled in time, of those pulled and of those that wait and are late already: without the
        latter a queue that nobody serves would look perfect."""
        if self.target is None:
            return None
        number = self.sums.pulled + self.late
        if not number:
            return None
        return 100 * self.sums.waits.count_within(self.target.seconds) / number

    @property
    def is_missed(self) -> bool:
        return self.target is not None and self.in_time is not None and self.in_time < self.target.percent


def lines(now: Now, period: Period, raised: Collection[OpenAlarm]) -> list[QueueLine]:
    """In the queues' own order. To be called in a snapshot."""
    staff = {name: (id, description, agents) for id, name, description, agents in fetch_all(_STAFF)}
    sums, trends = figures.of_queues(period), figures.waiting_over_time(period)
    targets = alarms.targets()
    late = _late(targets, period.now)
    found = []
    for line in now.queues:
        if line.queue is None or line.queue not in staff:
            continue  # removed meanwhile
        name, (id, description, agents) = line.queue, staff[line.queue]
        since = line.oldest_waiting_at
        found.append(
            QueueLine(
                id,
                name,
                description,
                line.is_paused,
                agents,
                line.waiting,
                line.held,
                since,
                max(0.0, (now.at - since).total_seconds()) if since else None,
                sums.get(name, QueueSums()),
                trends.get(name, [0, 0]),
                targets.get(name),
                late.get(name, 0),
                [alarm for alarm in raised if alarm.queue == name],
            )
        )
    return found


def _late(targets: Mapping[str, Target], now: datetime) -> dict[str, int]:
    if not targets:
        return {}
    params: dict[str, Any] = {
        "now": now,
        "names": list(targets),
        "seconds": [target.seconds for target in targets.values()],
    }
    return {name: count for name, count in fetch_all(_LATE, params)}
