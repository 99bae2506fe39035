"""The server by HTTP, and what must be true of each of its answers, whatever was asked."""

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import httpx

from .instants import misshapen, seconds_of

API = "/api/v1/"
MEMBERS = {"type", "title", "status", "detail", "event", "code"}  # of every problem document
PATIENCE = 45  # seconds; a long poll takes 30
FARTHEST = 60  # seconds; no scenario lets a hold expire that lasts longer

Json = dict[str, Any]


class Inconclusive(Exception):
    """This machine or the server was too busy to tell. The scenario is played again."""


@dataclass(slots=True)
class Answer:
    status: int
    body: Any
    content: bytes = field(repr=False)
    headers: httpx.Headers = field(repr=False)
    sent_at: float = field(repr=False)  # by our own clock, as the next
    came_at: float = field(repr=False)
    may_be_late: bool = False  # the hold that it is about may have come to its end before

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    def ok(self, status: int = 200) -> Any:
        if self.may_be_late and self.status == 409 and self.body.get("reason") == "expired":
            raise Inconclusive("it was not asked in time")
        assert self.status == status, self.body
        return self.body

    def refused(self, status: int, code: str, **members: Any) -> Json:
        """The problem document, with these further members."""
        told = {name: self.body.get(name) for name in members} if isinstance(self.body, dict) else {}
        assert (self.status, self.body.get("code"), told) == (status, code, members), self.body
        return self.body


class Clock:
    """The server's clock, as close as its answers tell: each was made between sending and receiving."""

    def __init__(self) -> None:
        self.least, self.most = -float("inf"), float("inf")  # of the server's clock less ours
        self._lock = threading.Lock()

    def note(self, server_time: str, answer: Answer) -> None:
        at = seconds_of(server_time)
        with self._lock:
            self.least = max(self.least, at - answer.came_at)
            self.most = min(self.most, at - answer.sent_at)

    def ours(self, instant: str) -> float:
        """When it is, or was, by our own clock."""
        return seconds_of(instant) - (self.least + self.most) / 2

    def may_be_past(self, instant: str, ours: float) -> bool:
        return seconds_of(instant) - self.most <= ours

    def until(self, instant: str) -> float:
        """Seconds from now. Errors: AssertionError, if it is so far off that a scenario would hang."""
        away = self.ours(instant) - time.monotonic()
        assert away <= FARTHEST, f"{instant} is {away:.0f} s away, and should come soon"
        return away

    def wait_until(self, instant: str, after: float = 0.0) -> None:
        """Until our best guess, or so much after it."""
        time.sleep(max(0.0, self.until(instant) + after))

    def wait_past(self, instant: str) -> None:
        """Until it is certainly past, by no more than we must."""
        certainly = (self.most - self.least) / 2
        time.sleep(max(0.0, self.until(instant) + certainly) + 0.002)


class Server:
    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=2)
        self.http = httpx.Client(base_url=self.url + API, timeout=PATIENCE, limits=limits)
        self.clock = Clock()
        self.pace: deque[float] = deque([0.0], maxlen=40)  # what the last requests took that do not wait

    def send(self, method: str, path: str, headers: Json, body: Any = None, **query: Any) -> Answer:
        """`body` is JSON, or bytes that are sent as they are."""
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if content is not None:
            headers = {"Content-Type": "application/json"} | headers
        sent_at = time.monotonic()
        found = self.http.request(method, path, headers=headers, content=content, params=query)
        kind = found.headers.get("Content-Type", "")
        is_json = found.content and "json" in kind
        answer = Answer(
            found.status_code,
            found.json() if is_json else found.text,
            found.content,
            found.headers,
            sent_at,
            time.monotonic(),
        )
        if b"wait_seconds" not in (content or b"") and not query.get("wait_seconds"):
            self.pace.append(answer.came_at - sent_at)
        self._check(answer, f"{method} {path}")
        if is_json and "server_time" in answer.body and "Idempotency-Key" not in headers:
            self.clock.note(answer["server_time"], answer)
        return answer

    def settle(self) -> None:
        """Until a request that waits has come in: who asks from outside cannot see it wait."""
        time.sleep(0.3 + 2 * max(list(self.pace)))

    def _check(self, answer: Answer, what: str) -> None:
        if answer.status == 503 and "Retry-After" in answer.headers:
            raise Inconclusive(f"{what}: {answer.body}")
        assert answer.status < 500, f"{what}: {answer.status} {answer.body}"
        if answer.status >= 400:
            check_problem(answer, what)
        assert misshapen(answer.body) == [], what
        if isinstance(answer.body, dict) and "server_time" in answer.body:
            check_deadlines(answer.body)


def check_problem(answer: Answer, what: str) -> None:
    """The shape of a refusal, RFC 9457 and ours."""
    assert answer.headers["Content-Type"].startswith("application/problem+json"), what
    assert set(answer.body) >= MEMBERS, (what, answer.body)
    assert (answer.body["status"], answer.body["event"]) == (answer.status, "EventError"), what


def check_deadlines(body: Json) -> None:
    """What comes into an agent's hands is worth something: its deadline is never in the past on receipt."""
    held = body.get("parties", []) + [one["party"] for one in body.get("interactions", []) if one["party"]]
    for party in held:
        assert party["deadline_at"] > body["server_time"], party
        assert party["expires_at"] is None or party["deadline_at"] <= party["expires_at"], party
