"""What there is. Numbers go by the order of coming; time is a number of seconds, which others set."""

from dataclasses import dataclass, field
from typing import Any

DAY, FOREVER = 86_400, float("inf")


class Refused(Exception):
    """Status, code and what else is told."""


def require(is_so: object, status: int = 404, code: str = "not_found", *more: Any) -> None:
    if not is_so:
        raise Refused(status, code, *more)


@dataclass(eq=False, repr=False)
class Location:
    """A queue, or a workbin: of an agent, its owner, or of the group in `groups`."""

    name: str
    groups: frozenset[str] = frozenset()
    is_workbin: bool = False
    owner: "Agent | None" = None
    handling_timeout: int | None = None
    max_handling_time: float = FOREVER
    max_revocations: float = FOREVER
    parking_queue: "Location | None" = None
    is_paused: bool = False

    def __repr__(self) -> str:
        return self.name


@dataclass(eq=False, repr=False)
class Interaction:
    number: int
    location: Location
    media_type: str
    priority: int
    handling_timeout: int | None
    turn: int = 0
    user_data: dict[str, Any] = field(default_factory=dict)
    revocations: int = 0
    hold: "Hold | None" = None
    is_stopped: bool = False

    def __repr__(self) -> str:
        return f"interaction {self.number}"


@dataclass(eq=False, repr=False)
class Agent:
    """Or a service. `watched`: workbins, each with the number of messages that came before."""

    name: str
    role: str = "agent"
    groups: frozenset[str] = frozenset()
    capacity: float = FOREVER
    watched: dict[Location, int] = field(default_factory=dict)

    def leads(self, agent: "Agent | None") -> bool:
        return bool(agent and self.role == "supervisor" and self.groups & agent.groups)

    def may_pull(self, at: Location) -> bool:
        is_own = at.owner is self or bool(at.groups & self.groups)
        return self.role == "admin" or is_own or self.leads(at.owner)

    def may_do_without(self, it: Interaction) -> bool:
        """Stop, change and, not as a service, revoke it, without being its party."""
        is_led = self.leads(it.hold.agent if it.hold else None) or self.may_pull(it.location)
        return self.role in ("admin", "media_server") or (self.role == "supervisor" and is_led)


@dataclass(eq=False)
class Session:
    """A service has one for ever, without a number."""

    number: int | None
    agent: Agent
    last_request_at: float = FOREVER
    is_over: bool = False

    def __repr__(self) -> str:
        return f"{self.agent.name} #{self.number}"


@dataclass(eq=False, repr=False)
class Hold:
    number: int
    interaction: Interaction
    session: Session
    timeout: int
    expires_at: float
    deadline_at: float = 0
    is_warned: bool = False
    end: str | None = None
    ended_at: float = FOREVER

    @property
    def agent(self) -> Agent:
        return self.session.agent


NOTHING = Interaction(0, Location("nowhere"), "", 0, None)


@dataclass(eq=False)
class State:
    locations: list[Location]  # queues in the order in which they are pulled from
    agents: list[Agent]
    timeouts: dict[str, int]  # by media type
    idle_timeout: int
    now: float = 0
    turns: int = 0
    sessions: list[Session] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    keys: dict[tuple[Agent, str], Any] = field(default_factory=dict)
    log: list[tuple[Any, ...]] = field(default_factory=list)
    mail: list[tuple[Agent | Location, str, dict[str, Any]]] = field(default_factory=list)

    def held(self, agent: Agent) -> list[Hold]:
        return [hold for hold in self.holds if hold.agent is agent and not hold.end]

    def counting(self, agent: Agent) -> list[Hold]:
        return [hold for hold in self.held(agent) if hold.deadline_at > self.now]

    def require_seen(self, who: Agent, *them: Interaction) -> None:
        """For a day, an agent sees what the agent held."""
        own = [hold for hold in self.holds if hold.agent is who and hold.ended_at > self.now - DAY]
        for it in them:
            may = who.may_pull(it.location) or who.may_do_without(it) or who.role == "reporting_engine"
            require(it is not NOTHING and (may or it in [hold.interaction for hold in own]))
