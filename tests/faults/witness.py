"""What the clients were answered: each is due an answer or a clean error, within a bounded time."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

PROBLEM = "application/problem+json"
BROKEN = httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError
UNAVAILABLE = 503
THROTTLED = 429


@dataclass(frozen=True, slots=True)
class Answer:
    at: float  # when it was asked for
    seconds: float
    what: str
    status: int = 0  # 0: none, but the error
    error: str = ""
    is_broken: bool = False  # by the connection, which both sides can tell
    is_problem: bool = False  # as RFC 9457 has it

    @property
    def is_clean(self) -> bool:
        if not self.status:
            return self.is_broken
        return self.status < 400 or (self.is_problem and (self.status < 500 or self.status == UNAVAILABLE))

    @property
    def outcome(self) -> str:
        return f"{re.sub('[0-9]+', 'N', self.what)}: {self.status or self.error}"

    @property
    def is_disturbed(self) -> bool:
        """It came of a fault, and not of what was asked."""
        return self.status in (0, UNAVAILABLE)


@dataclass
class Witness(httpx.AsyncBaseTransport):
    """Stands between the clients and the network."""

    network: httpx.AsyncBaseTransport = field(
        default_factory=lambda: httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None)
        )
    )
    answers: list[Answer] = field(default_factory=list)
    deadlines: dict[int, float] = field(default_factory=dict)  # by party: the latest one that was told

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        at = time.time()
        what = f"{request.method} {request.url.path}"
        try:
            response = await self.network.handle_async_request(request)
            await response.aread()
        except httpx.TransportError as error:
            is_broken = isinstance(error, BROKEN)
            self.answers.append(Answer(at, time.time() - at, what, error=repr(error), is_broken=is_broken))
            raise
        is_problem = response.headers.get("Content-Type", "").startswith(PROBLEM)
        self.answers.append(Answer(at, time.time() - at, what, response.status_code, is_problem=is_problem))
        if response.is_success and response.content:
            for party, deadline in holds_in(response.json()):
                self.deadlines[party] = max(deadline, self.deadlines.get(party, 0))
        return response

    async def aclose(self) -> None:
        await self.network.aclose()


def holds_in(answer: Any) -> Iterator[tuple[int, float]]:
    """All holds that it tells of, with their deadlines."""
    if isinstance(answer, list):
        for each in answer:
            yield from holds_in(each)
    elif isinstance(answer, dict):
        if "deadline_at" in answer and "handling_timeout" in answer:
            yield answer["id"], datetime.fromisoformat(answer["deadline_at"]).timestamp()
        for name in ("interactions", "interaction", "parties", "party"):
            yield from holds_in(answer.get(name))
