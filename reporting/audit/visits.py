"""A session, as the log tells it: it begins once, and ends once at most."""

from dataclasses import dataclass, field
from datetime import datetime

from reporting.audit.steps import LOGIN, LOGOUT, Names, Visit

NEW, OPEN, ENDED = "new", "open", "ended"


@dataclass(slots=True)
class Stay:
    state: str = NEW
    agent: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    trail: list[Visit] = field(default_factory=list)

    def feed(self, visit: Visit, names: Names) -> list[str]:
        """What is wrong with a visit; see Life.feed."""
        wrong = []
        if visit.event not in (LOGIN, LOGOUT):
            wrong.append("it is not about an interaction")
        elif visit.event != {NEW: LOGIN, OPEN: LOGOUT}.get(self.state):
            wrong.append(f"the session was {self.state}")
        if self.state != NEW and not names.are_of_one_agent(self.agent, visit.agent):
            wrong.append(f"the session was of {self.agent}, not of {visit.agent}")
        self.agent = visit.agent
        if visit.event == LOGIN:
            self.state = OPEN
        elif visit.event == LOGOUT:
            self.state, self.ended_at, self.end_reason = ENDED, visit.at, visit.reason
        if len(self.trail) < 20:
            self.trail.append(visit)
        return wrong
