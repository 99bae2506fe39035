"""Who asks: an agent in a session, a program with a token, or an operator in the admin."""

from dataclasses import dataclass
from datetime import datetime

from interactions.models.directory import Role
from interactions.signals import Actor


@dataclass(frozen=True, slots=True)
class AgentCaller:
    session: int
    application: str
    started_at: datetime
    last_request_at: datetime
    agent_id: int
    username: str
    employee_id: str | None
    capacity: int | None
    is_supervisor: bool
    is_admin: bool
    place_id: int | None
    place: str | None
    is_authenticated: bool = True

    @property
    def actor(self) -> Actor:
        return Actor("admin" if self.is_admin else "agent", self.username)


@dataclass(frozen=True, slots=True)
class ServiceCaller:
    id: int
    name: str
    role: Role
    is_authenticated: bool = True
    is_admin: bool = False
    is_supervisor: bool = False

    @property
    def actor(self) -> Actor:
        return Actor("service", self.name)


@dataclass(frozen=True, slots=True)
class AdminCaller:
    """A superuser at the admin site, or a management command."""

    username: str
    is_authenticated: bool = True
    is_admin: bool = True
    is_supervisor: bool = False

    @property
    def actor(self) -> Actor:
        return Actor("admin", self.username)


Caller = AgentCaller | ServiceCaller | AdminCaller
