"""Before the first scenario: is the server there, and the floor on it?"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from . import floor
from .cast import Agent, Caller
from .lateness import Lateness
from .server import Json, Server
from .stage import ALONE, PULLERS, SHARED, House

AT_ONCE = 4  # log-ins; a server makes them costly on purpose
FEWEST = 4  # agents that a scenario needs, at most
HOW = """Apply it to this server (and to no server that is in use):
    python manage.py apply_config tests/conformance/floor.yaml"""


class NotReady(Exception):
    """The kit cannot begin; the text says why and what to do."""


def reach(url: str, username: str, password: str, late: float, token: str | None) -> House:
    server = Server(url)
    lateness = Lateness(late)
    admin = Agent(server, username, password=password, lateness=lateness)
    try:
        answer = Caller(server, username).post("sessions", username=username, password=password)
    except httpx.TransportError as error:
        raise NotReady(f"{server.url} does not answer: {error}") from None
    except AssertionError as error:
        raise NotReady(f"{server.url} is no server of this API: {error}") from None
    if answer.status != 201:
        raise NotReady(f"{username} cannot log in at {server.url}: {answer.status} {answer.body}")
    admin.token = answer["token"]
    now = admin.post("keep-alive").ok()["server_time"]
    gateway = Caller(server, "gateway", token) if token else None
    return House(server, admin, lateness, now, gateway)


def open_house(house: House, roles: set[str]) -> None:
    """Check the floor, log in whom the scenarios need, and clear what an earlier run has left."""
    check_queues(house.admin)
    house.bins = house.admin.get("workbins").ok()["workbins"]
    check_workbins(house.bins)
    pullers = floor.AGENT_NAMES if roles & set(PULLERS) else []
    people = [*pullers, *(floor.PREFIX + role for role in (*SHARED, *ALONE) if role in roles)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: log_in(house, name), people))
    part_from_strangers(house)
    clear(house.admin)


def part_from_strangers(house: House) -> None:
    """An agent with a session that is not ours, of a run that was broken off, cannot play a last log-out."""
    present = house.admin.get("reporting/now").ok()["agents"]
    others = {one["agent"] for one in present if one["sessions"] > 1}
    free = [name for name in floor.AGENT_NAMES if name not in others]
    if len(free) < FEWEST:
        raise NotReady(
            f"Others are logged in, as {', '.join(sorted(others))}: perhaps a run that was broken off. "
            "End those sessions in the admin, or wait until they have expired."
        )
    house.pool.free["agents"] = free


def check_queues(admin: Agent) -> None:
    there = {one["name"]: one for one in admin.get("queues").ok()["queues"]}
    for queue in floor.DOCUMENT["queues"]:
        found = there.get(queue["name"])
        if found is None or found["is_paused"] != queue.get("is_paused", False):
            missing("the queue " + queue["name"])


def check_workbins(bins: list[Json]) -> None:
    there = {(one["type"], one["owner"]) for one in bins}
    owners = [("kit-shared", floor.TEAM), ("kit-at-desk", floor.DESK), ("kit-on-floor", "kit-floor")]
    owners += [("kit-drafts", name) for name in floor.AGENT_NAMES]
    for kind, owner in owners:
        if (kind, owner) not in there:
            missing(f"the workbin {kind} of {owner}")


def log_in(house: House, name: str) -> None:
    [person] = [
        one for one in floor.DOCUMENT["agents"] + floor.DOCUMENT["supervisors"] if one["username"] == name
    ]
    try:
        agent = house.enter(name).entered["agent"]
    except AssertionError as error:
        missing(f"{name}, who cannot log in ({error})")
    expected = (person["groups"], person.get("capacity"), person in floor.DOCUMENT["supervisors"])
    if (agent["groups"], agent["capacity"], agent["is_supervisor"]) != expected:
        missing(f"{name} as it should be: it is {agent}")


def missing(what: str) -> Any:
    raise NotReady(f"The floor is not on this server: {what} is missing or not as in floor.yaml.\n{HOW}")


def clear(admin: Agent) -> None:
    """What a run that was broken off has left. Its holds are ended, too."""
    for media_type in (floor.MAIL, floor.CHAT):
        for state in ("handling", "queued"):
            cursor: str | None = ""
            while cursor is not None:
                page = admin.get(
                    "interactions", state=state, media_type=media_type, limit=200, cursor=cursor or None
                ).ok()
                for one in page["results"]:
                    admin.stop(one["id"])
                cursor = page["next"]
