"""What Prometheus reads at /metrics.

Each value is asked of the database when it is read, so any web process answers for all of them. A further
metric is one more function that yields families; what only one process knows does not belong here.
"""

import hmac
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from interactions.lags import longest_writer, revocation_lag
from interactions.models import Queue
from interactions.queues import count_lines
from interactions.sql import fetch_one
from interactions.statements import locks
from reporting.models import Alarm

SOON = {"Retry-After": "1"}
ASKS = {"WWW-Authenticate": 'Bearer realm="workbin metrics"'}

# From party_open_of_agent, session_open_of_agent and login_failure_by_time.
_COUNTS = """
    SELECT
        (SELECT count(*) FROM interactions_party WHERE ended_at IS NULL),
        (SELECT count(*) FROM interactions_session WHERE ended_at IS NULL),
        (SELECT count(*) FROM interactions_loginfailure
         WHERE at > statement_timestamp() - %(window)s * interval '1 second')
"""


def timers() -> Iterator[Metric]:
    lag = "Age of the oldest overdue hold that nobody has ended."
    yield GaugeMetricFamily("workbin_revocation_lag_seconds", lag, revocation_lag())
    age = "Age of the oldest transaction that writes: readers of the event log wait for it."
    yield GaugeMetricFamily("workbin_event_log_horizon_age_seconds", age, longest_writer())


def people() -> Iterator[Metric]:
    holds, sessions, failures = fetch_one(_COUNTS, {"window": settings.LOGIN_FAILURE_WINDOW}) or (0, 0, 0)
    yield GaugeMetricFamily("workbin_open_holds", "Interactions in agents' hands.", holds)
    yield GaugeMetricFamily("workbin_open_sessions", "Sessions that have not ended.", sessions)
    failed = "Failed log-ins that the throttle counts at present, of names and of addresses."
    yield GaugeMetricFamily("workbin_login_failures", failed, failures)


def lines() -> Iterator[Metric]:
    """One of each for every public queue, empty ones too."""
    waiting = GaugeMetricFamily("workbin_waiting_interactions", "Waiting in a queue.", labels=["queue"])
    oldest = GaugeMetricFamily("workbin_oldest_waiting_seconds", "The longest wait.", labels=["queue"])
    names = dict(Queue.objects.filter(is_private=False).values_list("pk", "name"))
    now = locks.read_now()
    for queue, line in count_lines(names).items():
        since = line.oldest_waiting_at or now
        waiting.add_metric([names[queue]], line.waiting)
        oldest.add_metric([names[queue]], max(0.0, (now - since).total_seconds()))
    yield from (waiting, oldest)


def alarms() -> Iterator[Metric]:
    """One for each that is open. A rule that was deleted and made anew may have two for a moment."""
    found = GaugeMetricFamily("workbin_alarm", "1 while the alarm is open.", labels=["rule", "queue"])
    for labels in Alarm.objects.filter(cleared_at=None).order_by().values_list("name", "queue").distinct():
        found.add_metric(labels, 1)
    yield found


class Workbin(Collector):
    def collect(self) -> Iterable[Metric]:
        for families in (timers, people, lines, alarms):
            yield from families()


registry = CollectorRegistry(auto_describe=False)  # or it would collect once before anyone asks
registry.register(Workbin())


def metrics(request: HttpRequest) -> HttpResponse:
    if settings.METRICS == "closed":
        raise Http404
    if settings.METRICS_TOKEN and not _is_shown(settings.METRICS_TOKEN, request):
        return HttpResponse("A token is needed: METRICS_TOKEN.\n", "text/plain", 401, headers=ASKS)
    try:
        return HttpResponse(generate_latest(registry), CONTENT_TYPE_LATEST)
    except (OperationalError, InterfaceError):
        return HttpResponse("The database does not answer.\n", "text/plain", 503, headers=SOON)


def _is_shown(token: str, request: HttpRequest) -> bool:
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
