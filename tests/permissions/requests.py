"""Every request of the table: what is sent, by whom, about what."""

from collections.abc import Callable, Iterable
from typing import Any

from tests import cast
from tests.applications import SUPPORT, Application, Json
from tests.permissions.world import AGENTS, MEMBERS, SALES, World

Request = tuple[str, str, Json | None]  # method, path, body
Ask = Callable[[World, str], Request]  # of a caller: a column of the table
Key = tuple[str, str]  # the request and what it is about: the first two cells of a row

WAITING = [
    "waits in the team's queue",
    "waits in another team's queue",
    "waits in the workbin of the agent",
    "waits in the workbin of a foreign agent",
    "waits in the workbin of the team",
    "waits in the workbin of another team",
    "waits in the workbin of the agent's place",
    "waits in the workbin of the agent's place group",
]
THE_REST = [
    "held by the agent",
    "held by the member",
    "held by a foreign agent",
    "held by the agent, out of another team's queue",
    "held by a foreign agent, out of the team's queue",
    "held by the agent today, waits in another team's queue",
    "held by the agent yesterday, waits in another team's queue",
    "stopped in the team's queue",
    "stopped in another team's queue",
    "not there",
]
MOST = [*WAITING[:4], *THE_REST]  # who sees the others, GET shows
WORKBINS = [what.removeprefix("waits in the workbin ") for what in WAITING[2:]]


def to(method: str, path: str, body: Json | None = None) -> Ask:
    return lambda world, caller: (method, path, body)


def with_party(world: World, caller: str, what: str, needed: Iterable[str]) -> Json:
    """Those who need one send the party that holds it, or that held it last: their own or another's."""
    return {"party": world.party(what)} if caller in needed else {}


def on(what: str, method: str, verb: str = "", needed: Iterable[str] = (), **body: Any) -> Ask:
    def ask(world: World, caller: str) -> Request:
        path = f"interactions/{world.interactions[what]}{verb}"
        if method == "GET":
            return method, path, None
        return method, path, body | with_party(world, caller, what, needed)

    return ask


def into(what: str, owner: str | None = None) -> Ask:
    """Place it in a workbin, or in the caller's own."""

    def ask(world: World, caller: str) -> Request:
        path = f"interactions/{world.interactions[what]}/place-in-workbin"
        workbin = world.workbin(owner, caller)
        return "POST", path, {"workbin": workbin} | with_party(world, caller, what, PLACERS)

    return ask


def history(what: str) -> Ask:
    return lambda world, caller: ("GET", f"reporting/interactions/{world.interactions[what]}", None)


def at(owner: str, method: str, verb: str, **body: Any) -> Ask:
    return lambda world, caller: (method, f"workbins/{world.workbin(owner, caller)}{verb}", body or None)


def these(owner: str | None, what: str) -> Ask:
    """A pull by id from a workbin, or from the caller's own."""

    def ask(world: World, caller: str) -> Request:
        ids = {"interactions": [world.interactions[what]]}
        return "POST", f"workbins/{world.workbin(owner, caller)}/pull", ids

    return ask


def submit(**given: Any) -> Ask:
    return to("POST", "interactions", {"media_type": "email", **given})


def submit_at(owner: str | None = None, parent: str | None = None, **given: Any) -> Ask:
    """Into a workbin, or into the caller's own."""

    def ask(world: World, caller: str) -> Request:
        where = {"media_type": "email", "workbin": world.workbin(owner, caller)}
        child = {"parent": world.interactions[parent]} if parent else {}
        return "POST", "interactions", where | child | given

    return ask


def log_in(world: World, caller: str) -> Request:
    name = AGENTS.get(caller, world.callers[caller].name)
    return "POST", "sessions", {"username": name, "password": cast.PASSWORD}


PLACERS = (*MEMBERS, "supervisor", "other supervisor")
ONE = "interactions/{interaction}"
BIN = "workbins/{workbin}"

REQUESTS: dict[Key, Ask] = {
    ("POST sessions", ""): log_in,
    ("GET sessions/current", ""): to("GET", "sessions/current"),
    ("DELETE sessions/current", ""): to("DELETE", "sessions/current"),
    ("POST keep-alive", ""): to("POST", "keep-alive", {}),
    ("GET parties", ""): to("GET", "parties"),
    ("GET queues", ""): to("GET", "queues"),
    ("POST queues/{name}/pull", "the team's queue"): to("POST", f"queues/{SUPPORT}/pull", {}),
    ("POST queues/{name}/pull", "another team's queue"): to("POST", f"queues/{SALES}/pull", {}),
    ("POST queues/{name}/pull", "not there"): to("POST", "queues/nowhere/pull", {}),
    ("POST pull-next", ""): to("POST", "pull-next", {}),
    ("POST interactions", "into the team's queue"): submit(queue=SUPPORT),
    ("POST interactions", "into another team's queue"): submit(queue=SALES),
    ("POST interactions", "into a queue that is not there"): submit(queue="nowhere"),
    **{("POST interactions", f"into the workbin {owner}"): submit_at(owner) for owner in WORKBINS},
    ("POST interactions", "into a workbin that is not there"): submit_at("of nobody"),
    ("POST interactions", "under an `external_id` of the team's queue"): submit_at(
        external_id=f"<1@{SUPPORT}>"
    ),
    ("POST interactions", "under an `external_id` of another team's queue"): submit_at(
        external_id=f"<1@{SALES}>"
    ),
    ("POST interactions", "with a `parent` in the team's queue"): submit_at(parent=WAITING[0]),
    ("POST interactions", "with a `parent` in another team's queue"): submit_at(parent=WAITING[1]),
    ("GET interactions", ""): to("GET", "interactions"),
    **{(f"GET {ONE}", what): on(what, "GET") for what in (*WAITING, *THE_REST)},
    **{(f"PATCH {ONE}", what): on(what, "PATCH", needed=MEMBERS, user_data={"seen": True}) for what in MOST},
    (f"PATCH {ONE}", "held by the agent; no party sent"): on("held by the agent", "PATCH", priority=1),
    **{
        (f"POST {ONE}/place-in-queue", what): on(what, "POST", "/place-in-queue", PLACERS, queue=SUPPORT)
        for what in MOST
    },
    (f"POST {ONE}/place-in-queue", "held by the agent; no party sent"): on(
        "held by the agent", "POST", "/place-in-queue"
    ),
    (f"POST {ONE}/place-in-queue", "held by the agent; into another team's queue"): on(
        "held by the agent", "POST", "/place-in-queue", PLACERS, queue=SALES
    ),
    (f"POST {ONE}/place-in-queue", "held by the agent; into a queue that is not there"): on(
        "held by the agent", "POST", "/place-in-queue", PLACERS, queue="nowhere"
    ),
    **{(f"POST {ONE}/place-in-workbin", what): into(what) for what in MOST},
    **{
        (f"POST {ONE}/place-in-workbin", f"held by the agent; into the workbin {owner}"): into(
            "held by the agent", owner
        )
        for owner in WORKBINS
    },
    (f"POST {ONE}/place-in-workbin", "held by the agent; into a workbin that is not there"): into(
        "held by the agent", "of nobody"
    ),
    **{(f"POST {ONE}/stop-processing", what): on(what, "POST", "/stop-processing", MEMBERS) for what in MOST},
    (f"POST {ONE}/stop-processing", "held by the agent; no party sent"): on(
        "held by the agent", "POST", "/stop-processing"
    ),
    **{(f"POST {ONE}/revoke", what): on(what, "POST", "/revoke") for what in MOST},
    ("GET workbin-types", ""): to("GET", "workbin-types"),
    ("GET workbins", ""): to("GET", "workbins"),
    **{
        (f"{method} {BIN}{verb}", owner): at(owner, method, verb, **body)
        for method, verb, body in (
            ("GET", "/content", {}),
            ("POST", "/pull", {"count": 1}),
            ("PUT", "/subscription", {}),
            ("DELETE", "/subscription", {}),
        )
        for owner in (*WORKBINS, "not there")
    },
    **{
        (f"POST {BIN}/pull", f"{owner}; by id"): these(owner, f"waits in the workbin {owner}")
        for owner in WORKBINS[:3]
    },
    **{
        (f"POST {BIN}/pull", f"the own; by id, what is {what}"): these(None, what)
        for what in ("held by the agent", "held by a foreign agent", "stopped in the team's queue")
    },
    (f"POST {BIN}/pull", "the own; by id, what waits in the team's queue"): these(None, WAITING[0]),
    (f"POST {BIN}/pull", "the own; by id, what waits in another team's queue"): these(None, WAITING[1]),
    (f"POST {BIN}/pull", "the own; by id, what is not there"): these(None, "not there"),
    ("GET events", ""): to("GET", "events"),
    ("GET events/stream", ""): to("GET", "events/stream"),
    **{
        (f"GET reporting/{what}", ""): to("GET", f"reporting/{what}")
        for what in ("events", "queues", "workbins", "agents", "server", "now")
    },
    **{(f"GET reporting/{ONE}", what): history(what) for what in (WAITING[0], WAITING[1], "not there")},
}


def send(world: World, key: Key, caller: str, application: Application | None = None) -> Any:
    """A request of the table as that caller sends it; or as another application does."""
    method, path, body = REQUESTS[key](world, caller)
    return (application or world.callers[caller]).send(method, path, body)
