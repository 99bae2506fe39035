"""What can be watched: each measure is one statement for all queues, from indexes. They are read in a
snapshot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from interactions.lags import revocation_lag
from interactions.models import Queue
from interactions.sql import fetch_all
from reporting.intervals.reading import Levels
from reporting.models import AuditRun, Kind, ServiceLevel
from reporting.now import read_levels

SERVER = ""  # stands for a queue's name where the server is measured
FEWEST = 10  # pulls: of fewer, a share says nothing

Values = dict[str, float]  # by queue; one that is left out has nothing to measure


class Unmeasurable(Exception):
    """The figures cannot be told at present. Says why: no alarm is raised or cleared meanwhile."""


@dataclass(frozen=True, slots=True)
class Look:
    now: datetime
    window: timedelta

    @property
    def since(self) -> datetime:
        return self.now - self.window


@dataclass(frozen=True, slots=True)
class Measure:
    title: str
    unit: str  # seconds, percent, or what is counted
    look: Callable[[Look], Values]
    beyond: str  # the sentence that says so, with {value} and {threshold}
    within: str
    is_of_queues: bool = True
    has_window: bool = False
    is_low_bad: bool = False
    targets: Callable[[], Values] | None = None  # each queue's own, where a rule has no threshold

    def is_beyond(self, value: float, threshold: float) -> bool:
        return value < threshold if self.is_low_bad else value > threshold


_OLDEST = """
    SELECT q.name, coalesce(extract(epoch FROM %(now)s - first.waiting_since), 0)::float
    FROM interactions_queue q LEFT JOIN LATERAL (
        SELECT waiting_since FROM interactions_interaction
        WHERE queue_id = q.id AND state = 'queued' ORDER BY waiting_since LIMIT 1
    ) first ON true
    WHERE NOT q.is_private
"""


def oldest_waiting(look: Look) -> Values:
    return {queue: max(0.0, seconds) for queue, seconds in fetch_all(_OLDEST, {"now": look.now})}


def waiting(look: Look) -> Values:
    names = Queue.objects.filter(is_private=False).values_list("name", flat=True)
    levels, _ = read_levels()
    return {name: float(levels.get((Kind.QUEUE, name), Levels()).waiting) for name in names}


_REVOCATIONS = """
    SELECT e.queue, least(100, 100.0 * count(*) FILTER (WHERE e.event = 'EventRevoked')
        / count(*) FILTER (WHERE e.event = 'EventTakenFromQueue'))
    FROM reporting_event e JOIN interactions_queue q ON q.name = e.queue
    WHERE e.at > %(since)s AND (
        e.event = 'EventTakenFromQueue' OR (e.event = 'EventRevoked' AND e.reason = 'Expired'))
    GROUP BY e.queue
    HAVING count(*) FILTER (WHERE e.event = 'EventTakenFromQueue') >= %(fewest)s
"""


def revocation_rate(look: Look) -> Values:
    """Of a hundred pulls, how many ended because the agent went quiet.

    A share, for the same number of revocations is nothing on a busy morning and alarming at night. A
    supervisor's own revocations are decisions, and not counted. What is revoked was pulled a timeout ago,
    maybe before the window, so there may be more revocations than pulls.
    """
    found = fetch_all(_REVOCATIONS, {"since": look.since, "fewest": FEWEST})
    return {queue: float(percent) for queue, percent in found}


_SERVED = """
    SELECT q.name, coalesce(100.0 * pulled.soon / nullif(coalesce(pulled.count, 0) + late.count, 0),
        CASE WHEN late.count > 0 THEN 0 ELSE 100 END)
    FROM reporting_servicelevel s JOIN interactions_queue q ON q.id = s.queue_id
    LEFT JOIN (
        SELECT s.queue_id, count(*) AS count,
            count(*) FILTER (WHERE (e.attributes->>'waited_seconds')::float <= s.seconds) AS soon
        FROM reporting_servicelevel s JOIN interactions_queue q ON q.id = s.queue_id
        JOIN reporting_event e ON e.queue = q.name
        WHERE e.at > %(since)s AND e.event = 'EventTakenFromQueue'
        GROUP BY s.queue_id
    ) pulled ON pulled.queue_id = q.id
    CROSS JOIN LATERAL (
        SELECT count(*) FROM interactions_interaction
        WHERE queue_id = q.id AND state = 'queued'
            AND waiting_since < %(now)s - s.seconds * interval '1 second'
    ) late
"""


def service_level(look: Look) -> Values:
    """Percent pulled in time, of those pulled in the window and those that still wait and are late already.

    Without the latter a queue that nobody serves at all would look perfect.
    """
    found = fetch_all(_SERVED, {"since": look.since, "now": look.now})
    return {queue: float(percent) for queue, percent in found}


def promised() -> Values:
    return dict(ServiceLevel.objects.values_list("queue__name", "percent"))


def server_lag(look: Look) -> Values:
    return {SERVER: revocation_lag()}


def audit_differences(look: Look) -> Values:
    """Of the latest audit, and of the latest from the first event: what that has found, one from a checkpoint
    does not look at. Before the first audit there is nothing to measure.
    """
    runs = AuditRun.objects.order_by("-id").values_list("differences", flat=True)
    latest = [run for run in (runs.first(), runs.filter(began_after=None).first()) if run is not None]
    return {SERVER: float(max(latest))} if latest else {}


MEASURES: Mapping[str, Measure] = {
    "oldest_waiting": Measure(
        "Longest wait",
        "seconds",
        oldest_waiting,
        beyond="the oldest has waited for {value}, longer than {threshold}",
        within="the oldest has waited for {value}, no longer than {threshold}",
    ),
    "waiting": Measure(
        "Interactions waiting",
        "interactions",
        waiting,
        beyond="{value} waiting, more than {threshold}",
        within="{value} waiting, no more than {threshold}",
    ),
    "revocation_rate": Measure(
        "Revocation rate",
        "percent",
        revocation_rate,
        beyond="{value} of the pulls ended because an agent went quiet, more than {threshold}",
        within="{value} of the pulls ended because an agent went quiet, no more than {threshold}",
        has_window=True,
    ),
    "service_level": Measure(
        "Service level",
        "percent",
        service_level,
        beyond="{value} were pulled in time, less than {threshold}",
        within="{value} were pulled in time, no less than {threshold}",
        has_window=True,
        is_low_bad=True,
        targets=promised,
    ),
    "revocation_lag": Measure(
        "Revocation lag",
        "seconds",
        server_lag,
        beyond="an overdue hold has been waiting {value} for its revocation, longer than {threshold}",
        within="overdue holds are revoked within {threshold}",
        is_of_queues=False,
    ),
    "audit_difference": Measure(
        "Audit difference",
        "differences",
        audit_differences,
        beyond="the latest audit found {value} where log and tables differ",
        within="the latest audit found no more than {threshold} where log and tables differ",
        is_of_queues=False,
    ),
}
