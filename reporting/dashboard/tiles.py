"""The server in six numbers, each with a plain word on how it stands."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from reporting.dashboard.verdicts import FEWEST, MANY, VERY_MANY, State, Verdict
from reporting.dashboard.words import about, counted, percent
from reporting.intervals import reading
from reporting.intervals.spans import QUARTER, begin_of
from reporting.models import Figures, Total
from reporting.now import Now

HOUR = timedelta(hours=1)
LAG_NOTED, LAG_BAD = 1, 5  # seconds


def tiles(now: Now, verdicts: Collection[Verdict]) -> list[dict[str, Any]]:
    """To be called in a snapshot."""
    lines = now.queues + now.workbins
    waiting, held = sum(line.waiting for line in lines), sum(line.held for line in lines)
    hour = reading.sums("server", now.at - HOUR, now.at).get("", Total())
    since = begin_of(now.at - HOUR, QUARTER)
    return [
        _tile("waiting", "Waiting", waiting, _waiting(waiting, verdicts)),
        _tile("held", "Held", held, _held(now, held)),
        _tile(
            "agents", "Agents at work", sum(agent.sessions > 0 for agent in now.agents), _agents(now, waiting)
        ),
        _tile("lag", "Revocation lag", round(now.revocation_lag, 3), _lag(now.revocation_lag)),
        _tile("revoked", "Revoked, last hour", hour.revoked, _revoked(hour), since=since),
        _tile("completed", "Completed, last hour", hour.stopped, _completed(hour, waiting), since=since),
    ]


def _tile(
    name: str, title: str, value: float, said: Verdict, since: datetime | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "value": value,
        "unit": "seconds" if name == "lag" else "number",
        "state": said.state.name.lower(),
        "why": said.text,
        "since": since,
    }


def _waiting(waiting: int, verdicts: Collection[Verdict]) -> Verdict:
    worst = max((verdict.state for verdict in verdicts), default=State.OK)
    of_worst = sum(verdict.state == worst for verdict in verdicts)
    if worst == State.BAD:
        return Verdict(worst, f"{counted(of_worst, 'queue')} in trouble")
    if worst == State.LOOK:
        return Verdict(worst, f"{counted(of_worst, 'queue')} to look at")
    return Verdict(worst, "Every queue flows" if waiting else "Nothing waits")


def _held(now: Now, held: int) -> Verdict:
    handling = sum(agent.holds > 0 for agent in now.agents)
    return Verdict(State.OK, f"by {counted(handling, 'agent')}" if held else "Nothing is in anyone's hands")


def _agents(now: Now, waiting: int) -> Verdict:
    logged_in = sum(agent.sessions > 0 for agent in now.agents)
    if not logged_in:
        return Verdict(State.BAD if waiting else State.OK, "Nobody is logged in")
    ready = sum(agent.state == "ready" for agent in now.agents)
    holds = "holds" if ready == 1 else "hold"
    return Verdict(State.OK, f"{ready:,} of them {holds} nothing" if ready else "All of them hold something")


def _lag(lag: float) -> Verdict:
    if lag >= LAG_BAD:
        return Verdict(State.BAD, f"Overdue holds wait {about(lag)}: are workers running?")
    if lag >= LAG_NOTED:
        return Verdict(State.LOOK, f"Overdue for {about(lag)}; within 1 s is usual")
    return Verdict(State.OK, "Overdue holds are revoked within 1 s")


def _revoked(hour: Figures) -> Verdict:
    if not hour.pulled:
        return Verdict(State.OK, "Nothing was pulled")
    share = hour.revoked / hour.pulled
    state = State.OK
    if hour.pulled >= FEWEST and share >= MANY:
        state = State.BAD if share >= VERY_MANY else State.LOOK
    return Verdict(state, f"{percent(share)} of {counted(hour.pulled, 'pull')}")


def _completed(hour: Figures, waiting: int) -> Verdict:
    if hour.pulled >= FEWEST and not hour.stopped and waiting:
        return Verdict(State.LOOK, f"{counted(hour.pulled, 'pull')}, and nothing got done")
    if not hour.entered:
        return Verdict(State.OK, "Nothing came in")
    return Verdict(State.OK, f"of {hour.entered:,} that came in")
