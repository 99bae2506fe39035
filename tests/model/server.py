"""The real server on an empty floor, asked over REST and read in the model's words."""

import time
from datetime import datetime
from typing import Any

import orjson

from interactions import lifecycle, sessions
from interactions.models import Agent as AgentRow
from interactions.models import AgentGroup, Queue
from interactions.signals import TIMER
from interactions.sql import fetch_all, run
from tests import cast, clock
from tests.applications import Application, Desk, Json, Log, Reply
from tests.model.floor import workbin_of
from tests.model.requests import REQUESTS
from tests.model.words import Words
from tests.model.world import Agent, Location, Session, World

CHANGING = [
    "workbins_subscription",
    "interactions_agentmessage",
    "interactions_storedreply",
    "interactions_party",
    "interactions_interaction",
    "interactions_session",
    "interactions_loginfailure",
    "reporting_event",
]

_MAIL = """
    SELECT m.id, u.username, m.watched_queue_id, m.event, m.body FROM interactions_agentmessage m
    LEFT JOIN interactions_agent a ON a.id = m.agent_id LEFT JOIN auth_user u ON u.id = a.user_id
    WHERE m.id > %(after)s ORDER BY m.id
"""


class Server:
    def __init__(self, world: World) -> None:
        self.world = world
        run("DO $$ BEGIN " + "".join(f"DELETE FROM {name};" for name in CHANGING) + " END $$")
        Queue.objects.update(is_paused=False)
        for agent in world.agents[:2]:
            self.regroup(agent)
        self.words = Words({at.name: workbin_of(at) for at in world.locations if at.is_workbin})
        self.desks: dict[Session, Application] = {}
        self.cursors: dict[Agent, str] = {}
        self.warehouse = cast.service("warehouse", cast.Role.REPORTING_ENGINE)
        self.gateway = cast.service("mail-gateway", cast.Role.MEDIA_SERVER)
        self.log, self.read = Log(self.warehouse), list[Json]()
        self.last_message = 0
        self.began, self.travelled = time.monotonic(), 0.0

    # --- Asking ---

    def log_in(self, session: Session) -> Reply:
        agent = session.agent
        desk = Desk(agent.name, "")
        reply = desk.post("sessions", username=agent.name, password=cast.PASSWORD)
        desk.token = reply["token"]
        self.desks[session] = desk
        if agent not in self.cursors:
            self.cursors[agent] = desk.get("events").ok()["cursor"]
        return reply

    def ask(self, who: Session, act: str, *given: Any, key: str | None = None) -> Reply:
        method, path, body = REQUESTS[act](self.words, *given)
        headers = {"Idempotency-Key": key} if key else {}
        content = {} if body is None else {"data": orjson.dumps(body), "content_type": "application/json"}
        return self.application(who).send_raw(method, path, headers=headers, **content)

    def application(self, who: Session) -> Application:
        if who.number:
            return self.desks[who]
        return self.warehouse if who.agent.role == "reporting_engine" else self.gateway

    def read_mail(self, who: Session) -> Reply:
        reply = self.application(who).get("events", after=self.cursors[who.agent], limit=1000)
        if reply.status == 200:
            self.cursors[who.agent] = reply["cursor"]
        return reply

    # --- What time and operators do ---

    def travel(self, seconds: float) -> None:
        clock.let_pass(seconds)
        self.travelled += seconds

    def seconds(self) -> float:
        """Since it began: what was travelled, and what the test itself has taken."""
        return self.travelled + time.monotonic() - self.began

    def revoke_due(self) -> None:
        lifecycle.revoke_due(TIMER)

    def warn_due(self) -> None:
        lifecycle.warn_due(TIMER)

    def end_idle(self) -> None:
        sessions.end_idle_sessions()

    def pause(self, queue: Location) -> None:
        Queue.objects.filter(name=queue.name).update(is_paused=queue.is_paused)

    def regroup(self, agent: Agent) -> None:
        row = AgentRow.objects.get(user__username=agent.name)
        row.groups.set(AgentGroup.objects.filter(name__in=agent.groups))

    # --- What became of it ---

    def read_log(self) -> None:
        self.read += self.log.page()

    def new_events(self) -> list[tuple[Any, ...]]:
        self.read_log()
        told, self.read = self.read, []
        return [self.words.event(each) for each in told]

    def new_mail(self) -> list[tuple[str, str, Json]]:
        """To whom, what. From the table: over REST a session would show that it lives."""
        rows = fetch_all(_MAIL, {"after": self.last_message})
        self.last_message = rows[-1][0] if rows else self.last_message
        names = self.words.names
        return [
            (agent or names[workbin], event, self.words.message(orjson.loads(body)))
            for _, agent, workbin, event, body in rows
        ]

    def standing(self) -> dict[int, Json]:
        """Every interaction, as warehouse sees it."""
        found = self.warehouse.get("interactions", limit=200).ok()["results"]
        return {it["id"]: it for it in found}


def seconds_left(at: str | None) -> float:
    return float("inf") if at is None else datetime.fromisoformat(at).timestamp() - time.time()
