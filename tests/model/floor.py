"""Who works where: told to the model, and made in the database after its words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import override_settings

from interactions.models import Agent as AgentRow
from interactions.models import Queue
from tests import cast
from tests.cheap_passwords import PASSWORD_HASHERS
from tests.model.world import FOREVER, Agent, Location, Session, World

# Time travels by whole minutes, and each moment that matters lies twenty seconds behind one that is reached,
# or more. A run takes a few: so to the model and to the server it is on the same side.
MINUTE = 60
HANDLING_TIMEOUT, IDLE_TIMEOUT = 630, 1_830
MEDIA_TYPES = {"email": None, "chat": 90}
TERMS = ("handling_timeout", "max_handling_time", "max_revocations")
TEAM, LEADS, SALES = "email-team", "leads", "sales"


def world() -> World:
    agents = [
        alice := Agent("alice", groups=frozenset({TEAM}), capacity=2),
        bob := Agent("bob", groups=frozenset({TEAM})),
        carol := Agent("carol", groups=frozenset({SALES}), capacity=1),
        Agent("lena", "supervisor", frozenset({TEAM, LEADS})),
        Agent("root", "admin"),
    ]
    parked = queue("parked", LEADS)
    locations = [
        queue("urgent", TEAM, LEADS, max_handling_time=450, max_revocations=0),
        queue("support", TEAM, handling_timeout=330, max_revocations=1, parking_queue=parked),
        queue("offers", SALES, max_revocations=0, parking_queue=parked),
        parked,
        *[Location(f"box of {owner.name}", is_workbin=True, owner=owner) for owner in (alice, bob, carol)],
        *[Location(f"box of {group}", frozenset({group}), is_workbin=True) for group in (TEAM, SALES)],
    ]
    timeouts = {name: timeout or HANDLING_TIMEOUT for name, timeout in MEDIA_TYPES.items()}
    return World(locations, agents, timeouts, IDLE_TIMEOUT)


def queue(name: str, *groups: str, **terms: Any) -> Location:
    return Location(name, frozenset(groups), **terms)


def services() -> list[Session]:
    roles = {"mail-gateway": "media_server", "warehouse": "reporting_engine"}
    return [Session(None, Agent(name, role)) for name, role in roles.items()]


@contextmanager
def built() -> Iterator[None]:
    """The same in the database, and in the settings."""
    with override_settings(
        HANDLING_TIMEOUT=HANDLING_TIMEOUT,
        SESSION_IDLE_TIMEOUT=IDLE_TIMEOUT,
        PASSWORD_HASHERS=PASSWORD_HASHERS,
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
            capacity = None if agent.capacity == FOREVER else int(agent.capacity)
            is_supervisor = agent.role == "supervisor"
            cast.agent(agent.name, *agent.groups, capacity=capacity, is_supervisor=is_supervisor)
    queues = [at for at in world.locations if not at.is_workbin]
    for position, at in enumerate(queues):
        cast.queue(at.name, *at.groups, position=position, **_terms(at))
    for at in queues:
        if at.parking_queue:
            parking = Queue.objects.get(name=at.parking_queue.name)
            Queue.objects.filter(name=at.name).update(parking_queue=parking)


def _terms(queue: Location) -> dict[str, object]:
    terms = {name: getattr(queue, name) for name in TERMS}
    return {name: None if value == FOREVER else value for name, value in terms.items()}


def workbin_of(at: Location) -> int:
    """Its id."""
    if at.owner:
        return cast.workbin_of(AgentRow.objects.get(user__username=at.owner.name), "agent")
    return cast.workbin_of(cast.group(*at.groups), "agent_group")
