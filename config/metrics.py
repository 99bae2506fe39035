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

from interactions import throttle
from interactions.lags import longest_writer
from reporting import metrics as reporting

SOON = {"Retry-After": "1"}
ASKS = {"WWW-Authenticate": 'Bearer realm="workbin metrics"'}


def server() -> Iterator[Metric]:
    age = "Age of the oldest transaction that writes: readers of the event log wait for it."
    yield GaugeMetricFamily("workbin_event_log_horizon_age_seconds", age, longest_writer())
    failed = "Failed log-ins that the throttle counts at present."
    yield GaugeMetricFamily("workbin_login_failures", failed, throttle.count())


class Workbin(Collector):
    def collect(self) -> Iterable[Metric]:
        for families in (reporting.families, server):
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
