"""The programs that speak HTTP with the server: agents' desks, media servers, reporting engines.

Names and shapes are a contract, so the scenes go through it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.test import Client
from django.test.client import ClientHandler

API = "/api/v1/"
MEMBERS = {"type", "title", "status", "detail", "event", "code"}  # of every problem document
SUPPORT = "email-support"

Json = dict[str, Any]


@dataclass(slots=True)
class Reply:
    status: int
    body: Any
    headers: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    def ok(self, status: int = 200) -> Any:
        assert self.status == status, self.body
        return self.body

    def refused(self, status: int, code: str) -> Json:
        """The problem document, which must be whole."""
        assert (self.status, self.body.get("code")) == (status, code), self.body
        assert self.headers["Content-Type"] == "application/problem+json"
        assert set(self.body) >= MEMBERS
        assert (self.body["status"], self.body["event"]) == (status, "EventError")
        return self.body

    @property
    def is_problem(self) -> bool:
        """A whole problem document that blames the client."""
        return (
            400 <= self.status < 500
            and self.headers["Content-Type"] == "application/problem+json"
            and set(self.body) >= MEMBERS
            and (self.body["status"], self.body["event"]) == (self.status, "EventError")
        )


handler = ClientHandler()  # for all: to load one takes longer than a scene


def browser() -> Client:
    client = Client(raise_request_exception=False)
    client.handler = handler
    return client


@dataclass
class Application:
    """A program with a token."""

    name: str
    token: str = field(repr=False)
    http: Client = field(default_factory=browser, repr=False)

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> Reply:
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.send_raw(method, path, query_params={k: str(v) for k, v in query.items()}, **content)

    def send_raw(self, method: str, path: str, **request: Any) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}"} | request.pop("headers", {})
        found = self.http.generic(method, API + path, headers=headers, **request)
        is_json = found.content and "json" in found.get("Content-Type", "")
        return Reply(found.status_code, orjson.loads(found.content) if is_json else found.content, found)

    def get(self, path: str, **query: Any) -> Reply:
        return self.send("GET", path, **query)

    def post(self, path: str, **body: Any) -> Reply:
        return self.send("POST", path, body)

    def post_once(self, key: str, path: str, **body: Any) -> Reply:
        """Under an Idempotency-Key."""
        return self.send_raw(
            "POST",
            path,
            data=json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    def look(self, interaction: int) -> Json:
        return self.get(f"interactions/{interaction}").ok()

    def submit(self, **given: Any) -> Reply:
        where = {} if "workbin" in given else {"queue": SUPPORT}
        return self.post("interactions", **{"media_type": "email"} | where | given)

    def change(self, interaction: int, **given: Any) -> Reply:
        return self.send("PATCH", f"interactions/{interaction}", given)

    def stop(self, interaction: int, **given: Any) -> Reply:
        return self.post(f"interactions/{interaction}/stop-processing", **given)


@dataclass
class Desk(Application):
    """An agent's application, with its place in the mailbox."""

    cursor: str = ""

    def pull(self, queue: str = SUPPORT, count: int = 1, **given: Any) -> list[Json]:
        return self.post(f"queues/{queue}/pull", count=count, **given).ok()["interactions"]

    def take(self, queue: str = SUPPORT) -> Json:
        """Pull one, which must be there: its party."""
        [interaction] = self.pull(queue)
        return interaction["party"]

    def change_held(self, party: Json, **given: Any) -> Reply:
        return self.change(party["interaction"], party=party["id"], **given)

    def stop_held(self, party: Json, **given: Any) -> Reply:
        return self.stop(party["interaction"], party=party["id"], **given)

    def place_in_queue(self, party: Json, **given: Any) -> Reply:
        return self.post(f"interactions/{party['interaction']}/place-in-queue", party=party["id"], **given)

    def place_in_workbin(self, party: Json, workbin: int) -> Reply:
        path = f"interactions/{party['interaction']}/place-in-workbin"
        return self.post(path, party=party["id"], workbin=workbin)

    def revoke(self, interaction: int, **given: Any) -> Reply:
        return self.post(f"interactions/{interaction}/revoke", **given)

    def keep_alive(self) -> Reply:
        return self.post("keep-alive")

    def parties(self) -> list[Json]:
        return self.get("parties").ok()["parties"]

    def log_out(self) -> Reply:
        return self.send("DELETE", "sessions/current")

    def subscribe(self, workbin: int) -> None:
        self.send("PUT", f"workbins/{workbin}/subscription").ok()

    def mail(self) -> list[Json]:
        """What came since the last time."""
        found = self.get("events", after=self.cursor).ok()
        self.cursor = found["cursor"]
        return [{k: v for k, v in event.items() if k not in ("id", "at")} for event in found["events"]]


def brief(events: Iterable[Json]) -> list[str]:
    """`EventPartyRemoved Revoke Expired by timer @email-support`: what happened, why, whose doing, where."""
    return [_brief(event) for event in events]


def _brief(event: Json) -> str:
    where = "@workbin" if event["workbin"] else f"@{event['queue']}" if event["queue"] else None
    words = [event["event"], event["operation"], event["reason"], "by", event["actor"]["kind"], where]
    return " ".join(word for word in words if word)


@dataclass
class Log:
    """The reporting log as warehouse reads it, from where it last stopped."""

    reader: Application
    cursor: str | None = None

    def skip(self) -> None:
        self.new()

    def new(self) -> list[Json]:
        """Every event since the last time, in order."""
        found: list[Json] = []
        while page := self.page():
            found += page
        return found

    def page(self) -> list[Json]:
        """The next ones, up to a thousand."""
        after = {"after": self.cursor} if self.cursor else {}
        page = self.reader.get("reporting/events", limit=1000, **after).ok()
        self.cursor = page["cursor"]
        return page["events"]

    def brief(self) -> list[str]:
        return brief(self.new())
