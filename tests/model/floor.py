"""Who works where: told to the model, and made in the database after its words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import override_settings

from interactions.models import Agent as AgentRow
from interactions.models import Queue
from tests import cast
from tests.model.world import Agent, Location, Session, World

# Time travels by whole minutes, and each moment that matters lies twenty seconds behind one that is reached,
# or more. A run takes a few: so to the model and to the server it is on the same side.
MINUTE = 60
HANDLING_TIMEOUT, IDLE_TIMEOUT = 630, 1_830
MEDIA_TYPES = {"email": None, "chat": 90}
TEAM, LEADS, SALES = "email-team", "leads", "sales"


def queue(name: str, position: int, *groups: str, **terms: Any) -> Location:
    return Location(name, frozenset(groups), position=position, **terms)


def workbin(owner: str) -> Location:
    return Location(f"box of {owner}", frozenset({owner}), is_workbin=True)


def world() -> World:
    parked = queue("parked", 4, LEADS)
    parks = {"parking_queue": parked}
    locations = [
        queue("support", 2, TEAM, handling_timeout=330, max_revocations=1, **parks),
        queue("urgent", 1, TEAM, LEADS, max_handling_time=450, max_revocations=0),
        queue("offers", 3, SALES, max_revocations=0, **parks),
        parked,
        *map(workbin, ("alice", "bob", "carol", TEAM, SALES)),
    ]
    agents = [
        Agent("alice", groups=frozenset({TEAM}), capacity=2),
        Agent("bob", groups=frozenset({TEAM})),
        Agent("carol", groups=frozenset({SALES}), capacity=1),
        Agent("lena", "supervisor", frozenset({TEAM, LEADS})),
        Agent("root", "admin"),
    ]
    return World(locations, agents, MEDIA_TYPES, HANDLING_TIMEOUT, IDLE_TIMEOUT)


def services() -> list[Session]:
    roles = {"mail-gateway": "media_server", "warehouse": "reporting_engine"}
    return [Session(None, Agent(name, role)) for name, role in roles.items()]


@contextmanager
def built() -> Iterator[None]:
    """The same in the database, and in the settings."""
    md5 = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(
        HANDLING_TIMEOUT=HANDLING_TIMEOUT, SESSION_IDLE_TIMEOUT=IDLE_TIMEOUT, PASSWORD_HASHERS=md5
    ):
        build(world())
        yield


def build(world: World) -> None:
    for name, handling_timeout in MEDIA_TYPES.items():
        cast.media_type(name, handling_timeout=handling_timeout)
    for agent in world.agents:
        if agent.role == "admin":
            cast.admin(agent.name)
        else:
            capacity = None if agent.capacity == float("inf") else int(agent.capacity)
            is_supervisor = agent.role == "supervisor"
            cast.agent(agent.name, *agent.groups, capacity=capacity, is_supervisor=is_supervisor)
    for location in world.locations:
        if not location.is_workbin:
            cast.queue(location.name, *location.groups, **_terms(location))
    for location in world.locations:
        if location.parking_queue:
            parking = Queue.objects.get(name=location.parking_queue.name)
            Queue.objects.filter(name=location.name).update(parking_queue=parking)


def _terms(location: Location) -> dict[str, object]:
    names = ("position", "handling_timeout", "max_handling_time", "max_revocations")
    terms = {name: getattr(location, name) for name in names}
    return {name: None if value == float("inf") else value for name, value in terms.items()}


def workbin_of(location: Location) -> int:
    """The id of a workbin: of the agent, or else the group, that it is named after."""
    [owner] = location.groups
    agent = AgentRow.objects.filter(user__username=owner).first()
    return cast.workbin_of(agent or cast.group(owner), "agent" if agent else "agent_group")
