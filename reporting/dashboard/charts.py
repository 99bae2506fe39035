"""What each chart shows. Its rows are its table and its CSV, too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reporting.dashboard.alarms import Target
from reporting.dashboard.ranges import Period
from reporting.intervals import reading
from reporting.intervals.buckets import Durations
from reporting.intervals.reading import Levels, Span
from reporting.models import Kind

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    name: str  # of the column
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    name: str
    title: str
    note: str
    empty: str  # said where nothing happened
    unit: str  # number or seconds
    form: str  # line or bar
    series: tuple[Series, ...]
    rows: Callable[[list[Span], Period], list[Row]]
    is_of_server: bool = False  # whichever queue is looked at


def _levels(names: Mapping[str, str]) -> Callable[[list[Span], Period], list[Row]]:
    """Points in time: as the range began, then the end of each interval."""

    def rows(spans: list[Span], period: Period) -> list[Row]:
        if not spans:
            return [{"at": at, **dict.fromkeys(names, 0)} for at in (period.since, period.now)]
        first = spans[0]
        change = first.figures
        at_begin = first.at_end.moved(-change.waiting_change, -change.held_change, -change.logged_in_change)
        points = [(period.since, at_begin)]
        for span in spans:
            end = span.starts_at + timedelta(seconds=span.seconds)
            points.append((min(end, period.now), span.at_end))
        return [{"at": at, **{name: _level(level, of) for name, of in names.items()}} for at, level in points]

    return rows


def _level(level: Levels, of: str) -> int:
    return max(0, getattr(level, of))


def _flow(spans: list[Span], period: Period) -> list[Row]:
    return [
        {
            "starts_at": span.starts_at,
            "pulled": span.figures.pulled,
            "completed": span.figures.stopped,
            "revoked": span.figures.revoked,
        }
        for span in spans
    ]


def _durations(
    of: Callable[[Span], Durations], *figures: tuple[str, Callable[[Durations], float | None]]
) -> Callable[[list[Span], Period], list[Row]]:
    def rows(spans: list[Span], period: Period) -> list[Row]:
        return [
            {"starts_at": span.starts_at, **{name: figure(of(span)) for name, figure in figures}}
            for span in spans
        ]

    return rows


def _half(durations: Durations) -> float | None:
    return durations.percentile(0.5)


def _most(durations: Durations) -> float | None:
    return durations.percentile(0.9)


def _longest(durations: Durations) -> float | None:
    return durations.longest / 1000 if durations.count else None


P50, P90 = Series("p50", "half within (p50)"), Series("p90", "90 % within (p90)")
CHARTS = {
    chart.name: chart
    for chart in (
        Chart(
            "levels",
            "Waiting and held",
            "at the end of each interval",
            "Nothing waited or was held. With the first submission, lines begin here.",
            "number",
            "line",
            (Series("waiting", "waiting"), Series("held", "held")),
            _levels({"waiting": "waiting", "held": "held"}),
        ),
        Chart(
            "flow",
            "Pulled, completed, revoked",
            "per interval",
            "Nothing was pulled, completed or revoked. Each interval in which something is gets a bar here.",
            "number",
            "bar",
            (Series("pulled", "pulled"), Series("completed", "completed"), Series("revoked", "revoked")),
            _flow,
        ),
        Chart(
            "waits",
            "Waiting time",
            "of what was pulled in the interval",
            "Nothing was pulled. How long it had waited by then is drawn here.",
            "seconds",
            "line",
            (P50, P90),
            _durations(lambda span: span.figures.waits, ("p50", _half), ("p90", _most)),
        ),
        Chart(
            "handlings",
            "Handling time",
            "of holds that ended in the interval",
            "No hold has ended. How long agents held what they pulled is drawn here.",
            "seconds",
            "line",
            (P50, P90),
            _durations(lambda span: span.figures.handlings, ("p50", _half), ("p90", _most)),
        ),
        Chart(
            "lates",
            "Revocation lateness",
            "from the deadline to the revocation",
            "Nothing was revoked for silence. How late the server was when it did is drawn here.",
            "seconds",
            "line",
            (P50, Series("max", "latest")),
            _durations(lambda span: span.figures.lates, ("p50", _half), ("max", _longest)),
        ),
        Chart(
            "agents_logged_in",
            "Agents logged in",
            "at the end of each interval, whole server",
            "Nobody was logged in. How many agents are is drawn here.",
            "number",
            "line",
            (Series("agents", "agents logged in"),),
            _levels({"agents": "logged_in"}),
            is_of_server=True,
        ),
    )
}


def rows(queue: str | None, period: Period) -> dict[str, list[Row]]:
    """By chart, of one queue or of the server. To be called in a snapshot."""
    server = _spans(Kind.SERVER, "", period)
    asked = server if queue is None else _spans(Kind.QUEUE, queue, period)
    return {
        name: chart.rows(server if chart.is_of_server else asked, period) for name, chart in CHARTS.items()
    }


def _spans(kind: Kind, key: str, period: Period) -> list[Span]:
    return reading.spans(kind.value, period.since, period.now, period.range.seconds, {key})


def target_line(target: Target | None) -> Row | None:
    """Drawn across the waiting times."""
    if target is None:
        return None
    return {"title": f"target: {target.percent:g} % within", "seconds": target.seconds}
