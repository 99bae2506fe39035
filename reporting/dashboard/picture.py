"""All that the dashboard shows, read at one moment; and each table of it by itself."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from reporting import now as present
from reporting.dashboard import alarms, charts, oldest, people, queues
from reporting.dashboard.ranges import Period, Range
from reporting.dashboard.tiles import tiles
from reporting.dashboard.verdicts import Verdict, judge, urgency
from reporting.dashboard.words import tenths
from reporting.intervals import reading
from reporting.now import Now
from reporting.snapshot import snapshot


@dataclass(frozen=True, slots=True)
class Asked:
    range: Range
    queue: str | None = None
    order: str = people.USUAL  # of the agents


@dataclass(frozen=True, slots=True)
class Judged:
    line: queues.QueueLine
    verdict: Verdict


def take(asked: Asked) -> dict[str, Any]:
    now = present.look()
    with snapshot():
        period = Period(asked.range, now.at)
        raised = alarms.open_alarms()
        judged = _judge(now, period, raised)
        agents = people.lines(now, period, asked.order, people.MOST)
        return {
            "at": now.at,
            "counted_until": reading.counted_until(),
            "since": period.since,
            "seconds": asked.range.seconds,
            "range": asked.range.name,
            "queue": asked.queue,
            "order": asked.order,
            "tiles": tiles(now, [one.verdict for one in judged]),
            "alarms": [_alarm(alarm) for alarm in raised],
            "queues": [_queue(one) for one in judged],
            "workbins": {
                "count": len(now.workbins),
                "waiting": sum(line.waiting for line in now.workbins),
                "held": sum(line.held for line in now.workbins),
            },
            "charts": charts.rows(asked.queue, period),
            "target": _target(judged, asked.queue),
            "agents": [line.row() for line in agents],
            "agents_in_all": len(now.agents),
            "oldest": oldest.rows(now, asked.queue),
        }


def table(name: str, asked: Asked) -> list[dict[str, Any]]:
    """One of the tables, whole."""
    now = present.look()
    if name == "oldest":
        return [row | {"subject": _harmless(row["subject"])} for row in oldest.rows(now, asked.queue)]
    with snapshot():
        period = Period(asked.range, now.at)
        if name == "queues":
            return [_table_row(one) for one in _judge(now, period, alarms.open_alarms())]
        if name == "agents":
            return [line.row() for line in people.lines(now, period, asked.order)]
        return charts.rows(asked.queue, period)[name]


TABLES = ("queues", "agents", "oldest", *charts.CHARTS)


def _judge(now: Now, period: Period, raised: list[alarms.OpenAlarm]) -> list[Judged]:
    judged = [Judged(line, judge(line)) for line in queues.lines(now, period, raised)]
    return sorted(judged, key=lambda one: urgency(one.line, one.verdict))


def _queue(one: Judged) -> dict[str, Any]:
    line = one.line
    return _row(one) | {
        "list": f"{reverse('admin:interactions_interaction_changelist')}?queue__id__exact={line.id}",
        "description": line.description,
        "trend": line.trend,
    }


def _row(one: Judged) -> dict[str, Any]:
    line, sums = one.line, one.line.sums
    return {
        "queue": line.queue,
        "state": one.verdict.state.name.lower(),
        "verdict": one.verdict.text,
        "is_paused": line.is_paused,
        "agents_logged_in": line.agents,
        "waiting": line.waiting,
        "held": line.held,
        "oldest_seconds": None if line.oldest_seconds is None else round(line.oldest_seconds, 1),
        "entered": sums.entered,
        "pulled": sums.pulled,
        "completed": sums.completed,
        "revoked": sums.revoked,
        "p50": sums.waits.percentile(0.5),
        "p90": sums.waits.percentile(0.9),
        "in_time": None if line.in_time is None else tenths(line.in_time),
        "target": line.target and {"percent": line.target.percent, "seconds": line.target.seconds},
    }


def _table_row(one: Judged) -> dict[str, Any]:
    target = one.line.target
    return _row(one) | {
        "target": {
            "percent": target.percent if target else None,
            "seconds": target.seconds if target else None,
        }
    }


def _target(judged: list[Judged], queue: str | None) -> dict[str, Any] | None:
    return next((charts.target_line(one.line.target) for one in judged if one.line.queue == queue), None)


def _alarm(alarm: alarms.OpenAlarm) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "name": alarm.name,
        "queue": alarm.queue,
        "text": alarm.text,
        "raised_at": alarm.raised_at,
    }


def _harmless(text: str | None) -> str | None:
    """What a stranger wrote, and a spreadsheet would take for a formula."""
    return f"'{text}" if text and text[0] in "=+-@\t\r" else text
