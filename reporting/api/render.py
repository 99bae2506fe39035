"""Reports as JSON: durations in seconds, rounded to milliseconds."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from interactions.instants import instant_or_none
from reporting.intervals.buckets import Durations
from reporting.intervals.reading import Span
from reporting.models import Kind
from reporting.now import AtWork, Line, Now


def render_durations(durations: Durations) -> dict[str, Any]:
    return {
        "count": durations.count,
        "sum": durations.total / 1000,
        "max": durations.longest / 1000,
        "p50": durations.percentile(0.5),
        "p90": durations.percentile(0.9),
    }


def _handled(span: Span) -> dict[str, Any]:
    """What every row says of the work in agents' hands."""
    figures = span.figures
    return {
        "pulled": figures.pulled,
        "returned": {
            "Expired": figures.expired,
            "Revoked": figures.revoked_by_hand,
            "LoggedOut": figures.logged_out,
            "SessionExpired": figures.session_expired,
        },
        "revoked": figures.revoked,
        "placed": figures.placed,
        "stopped": figures.stopped,
        "held_at_end": span.at_end.held,
        "held_seconds": span.held_seconds,
        "waiting_seconds": render_durations(figures.waits),
        "handling_seconds": render_durations(figures.handlings),
        "late_seconds": render_durations(figures.lates),
    }


def _line(span: Span) -> dict[str, Any]:
    return {"entered": span.figures.entered, "waiting_at_end": span.at_end.waiting, **_handled(span)}


def _queues(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [{"starts_at": span.starts_at, "queue": span.key, **_line(span)} for span in spans]


def _workbins(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [{"starts_at": span.starts_at, "workbin": int(span.key), **_line(span)} for span in spans]


def _agents(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [
        {
            "starts_at": span.starts_at,
            "agent": span.key,
            **_handled(span),
            "is_logged_in_at_end": span.at_end.logged_in > 0,
            "logged_in_seconds": span.logged_in_seconds,
        }
        for span in spans
    ]


def _server(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [
        {
            "starts_at": span.starts_at,
            **_line(span),
            "agents_logged_in_at_end": span.at_end.logged_in,
            "logged_in_seconds": span.logged_in_seconds,
        }
        for span in spans
    ]


ROWS: Mapping[Kind, Callable[[Iterable[Span]], list[dict[str, Any]]]] = {
    Kind.QUEUE: _queues,
    Kind.WORKBIN: _workbins,
    Kind.AGENT: _agents,
    Kind.SERVER: _server,
}


def render_now(now: Now) -> dict[str, Any]:
    lines = now.queues + now.workbins
    return {
        "at": now.at,
        "queues": [_queue(line, now) for line in now.queues],
        "workbins": [_workbin(line, now) for line in now.workbins],
        "agents": [_agent(agent) for agent in now.agents],
        "server": {
            "waiting": sum(line.waiting for line in lines),
            "held": sum(line.held for line in lines),
            "agents_logged_in": sum(agent.sessions > 0 for agent in now.agents),
            "sessions": sum(agent.sessions for agent in now.agents),
            "revocation_lag_seconds": round(now.revocation_lag, 3),
            "events_not_counted": now.events_not_counted,
        },
    }


def rows_of_now(now: Now) -> list[dict[str, Any]]:
    found = render_now(now)
    server = {"kind": "server", "at": found["at"], **found["server"]}
    kinds = (("queue", "queues"), ("workbin", "workbins"), ("agent", "agents"))
    return [server, *({"kind": kind, **row} for kind, rows in kinds for row in found[rows])]


def _queue(line: Line, now: Now) -> dict[str, Any]:
    return {"queue": line.queue, "is_paused": line.is_paused, **_counts(line, now)}


def _workbin(line: Line, now: Now) -> dict[str, Any]:
    return {"workbin": line.workbin, "type": line.type, "owner": line.owner, **_counts(line, now)}


def _counts(line: Line, now: Now) -> dict[str, Any]:
    since = line.oldest_waiting_at
    return {
        "waiting": line.waiting,
        "held": line.held,
        "oldest_waiting_at": instant_or_none(since),
        "oldest_waiting_seconds": max(0.0, round((now.at - since).total_seconds(), 3)) if since else None,
    }


def _agent(agent: AtWork) -> dict[str, Any]:
    left = agent.seconds_left
    return {
        "agent": agent.agent,
        "state": agent.state,
        "sessions": agent.sessions,
        "holds": agent.holds,
        "capacity": agent.capacity,
        "deadline_at": agent.deadline_at,
        "seconds_left": None if left is None else round(left, 3),
    }
