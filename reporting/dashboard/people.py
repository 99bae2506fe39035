"""A line per agent: those who are logged in or hold something."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from interactions.sql import fetch_all
from reporting.dashboard import figures
from reporting.dashboard.figures import AgentSums
from reporting.dashboard.ranges import Period
from reporting.now import AtWork, Now

MOST = 50  # shown at once

_TIMEOUTS = """
    SELECT DISTINCT ON (p.agent_id) u.username, p.handling_timeout
    FROM interactions_party p
    JOIN interactions_agent a ON a.id = p.agent_id
    JOIN auth_user u ON u.id = a.user_id
    WHERE p.ended_at IS NULL AND u.username = ANY(%(agents)s::text[])
    ORDER BY p.agent_id, p.deadline_at
"""


@dataclass(slots=True)
class AgentLine:
    at_work: AtWork
    sums: AgentSums = field(default_factory=AgentSums)
    timeout: int | None = None  # of that hold

    @property
    def load(self) -> float:
        return self.at_work.holds / (self.at_work.capacity or 1)

    @property
    def held_on_average(self) -> float | None:
        """How much was held at a time, of the time logged in."""
        logged_in = self.sums.logged_in_seconds
        return self.sums.held_seconds / logged_in if logged_in else None

    def row(self) -> dict[str, Any]:
        return {
            "agent": self.at_work.agent,
            "state": self.at_work.state,
            "holds": self.at_work.holds,
            "capacity": self.at_work.capacity,
            "seconds_left": _rounded(self.at_work.seconds_left, 1),
            "timeout": self.timeout,
            "pulled": self.sums.pulled,
            "completed": self.sums.completed,
            "revoked": self.sums.revoked,
            "held_on_average": _rounded(self.held_on_average, 2),
            "logged_in_seconds": round(self.sums.logged_in_seconds),
        }


def _by_time_left(agent: AtWork) -> tuple[bool, float, str]:
    return agent.seconds_left is None, agent.seconds_left or 0.0, agent.agent


ORDERS: Mapping[str, Callable[[AgentLine], Any]] = {
    "load": lambda line: (-line.load, -line.at_work.holds, line.at_work.agent),
    "time_left": lambda line: _by_time_left(line.at_work),
    "pulled": lambda line: (-line.sums.pulled, line.at_work.agent),
    "completed": lambda line: (-line.sums.completed, line.at_work.agent),
    "revoked": lambda line: (-line.sums.revoked, line.at_work.agent),
    "held_on_average": lambda line: (-(line.held_on_average or 0), line.at_work.agent),
    "agent": lambda line: line.at_work.agent,
}
OF_THE_PRESENT = {"load", "time_left", "agent"}  # and not of what happened in the range
USUAL = "load"


def lines(now: Now, period: Period, order: str, most: int | None = None) -> list[AgentLine]:
    """The first of them, or all."""
    found = [AgentLine(one) for one in now.agents]
    if order in OF_THE_PRESENT:  # then the sums of the others need not be read
        found = sorted(found, key=ORDERS[order])[:most]
    names = [line.at_work.agent for line in found]
    sums = figures.of_agents(period, names)
    timeouts: dict[str, int] = dict(fetch_all(_TIMEOUTS, {"agents": names}))
    for line in found:
        line.sums = sums.get(line.at_work.agent, line.sums)
        line.timeout = timeouts.get(line.at_work.agent)
    return sorted(found, key=ORDERS[order])[:most]


def _rounded(number: float | None, digits: int) -> float | None:
    return None if number is None else round(number, digits)
