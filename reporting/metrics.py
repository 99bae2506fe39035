"""What the log and the present say to Prometheus.

Counters and histograms are the totals of all that was counted, so they are the same in every process, and
go on after a restart.
"""

from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from reporting import now, partitions
from reporting.intervals import projector
from reporting.intervals.buckets import Durations
from reporting.models import Alarm, Kind, Total

MINUTES = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400)
MOMENTS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 60)


def families() -> Iterator[Metric]:
    yield from present()
    yield from past()
    yield alarms()
    ahead = "Months for which the event log has room. Without any, nothing can be written."
    yield GaugeMetricFamily("workbin_event_log_months_ahead", ahead, partitions.months_ahead())


def present() -> Iterator[Metric]:
    """Of every public queue, empty ones too."""
    look = now.look()
    waiting = GaugeMetricFamily("workbin_waiting_interactions", "Waiting in a queue.", labels=["queue"])
    held = GaugeMetricFamily("workbin_held_interactions", "In agents' hands, by queue.", labels=["queue"])
    oldest = GaugeMetricFamily("workbin_oldest_waiting_seconds", "The longest wait.", labels=["queue"])
    for line in look.queues:
        of = [line.queue or ""]
        since = line.oldest_waiting_at or look.at
        waiting.add_metric(of, line.waiting)
        held.add_metric(of, line.held)
        oldest.add_metric(of, max(0.0, (look.at - since).total_seconds()))
    yield from (waiting, held, oldest)
    agents = GaugeMetricFamily("workbin_agents", "Agents, by what they are at.", labels=["state"])
    for state in ("handling", "ready", "away"):
        agents.add_metric([state], sum(agent.state == state for agent in look.agents))
    yield agents
    holds = sum(line.held for line in look.queues + look.workbins)
    yield GaugeMetricFamily("workbin_open_holds", "Interactions in agents' hands.", holds)
    sessions = sum(agent.sessions for agent in look.agents)
    yield GaugeMetricFamily("workbin_open_sessions", "Sessions that have not ended.", sessions)
    yield GaugeMetricFamily(
        "workbin_revocation_lag_seconds",
        "Age of the oldest overdue hold that nobody has ended.",
        look.revocation_lag,
    )
    yield GaugeMetricFamily(
        "workbin_events_not_counted",
        "Events that are not in intervals, counters and histograms yet.",
        look.events_not_counted,
    )


def past() -> Iterator[Metric]:
    totals = Total.objects.filter(projection=projector.live().pk, kind__in=(Kind.QUEUE, Kind.SERVER))
    server = next((total for total in totals if total.kind == Kind.SERVER), Total())
    queues = [total for total in totals if total.kind == Kind.QUEUE]
    yield _events(server, queues)
    waits = HistogramMetricFamily(
        "workbin_waiting_seconds", "From when it began to wait until it was pulled.", labels=["queue"]
    )
    handlings = HistogramMetricFamily(
        "workbin_handling_seconds", "From pull to the end of the hold.", labels=["queue"]
    )
    for total in queues:
        _add(waits, [total.key], total.waits, MINUTES)
        _add(handlings, [total.key], total.handlings, MINUTES)
    yield from (waits, handlings)
    lates = HistogramMetricFamily(
        "workbin_revocation_late_seconds", "From deadline to revocation.", labels=[]
    )
    _add(lates, [], server.lates, MOMENTS)
    yield lates


def _events(server: Total, queues: Iterable[Total]) -> Metric:
    """By kind and queue. Those of no public queue, in workbins and of sessions, have an empty one."""
    events = CounterMetricFamily("workbin_events", "Reporting events.", labels=["event", "queue"])
    rest = dict(server.events)
    for total in queues:
        for event, number in total.events.items():
            events.add_metric([event, total.key], number)
            rest[event] -= number
    for event, number in rest.items():
        if number:
            events.add_metric([event, ""], number)
    return events


def _add(
    family: HistogramMetricFamily, labels: list[str], durations: Durations, bounds: Iterable[float]
) -> None:
    upto = [(str(float(bound)), durations.count_within(bound)) for bound in bounds]
    family.add_metric(labels, [*upto, ("+Inf", durations.count)], durations.total / 1000)


def alarms() -> Metric:
    """One for each that is open. A rule that was deleted and made anew may have two for a moment."""
    found = GaugeMetricFamily("workbin_alarm", "1 while the alarm is open.", labels=["rule", "queue"])
    for labels in Alarm.objects.filter(cleared_at=None).order_by().values_list("name", "queue").distinct():
        found.add_metric(labels, 1)
    return found
