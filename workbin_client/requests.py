"""A request and its answer; again where that is safe."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from workbin_client.errors import CursorExpired, Refused, Unreachable
from workbin_client.shapes import Json

ANSWER = 15.0  # seconds that a server may take, beyond what it is asked to wait
NOT_SENT = httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout
BUSY = {429, 502, 503, 504}
REPEATABLE = {"keep-alive"}  # POSTs that are the same once or twice, and need no key


@dataclass(slots=True)
class Key:
    """An Idempotency-Key. What was sent under it may be sent again: it is done once."""

    text: str = field(default_factory=lambda: uuid4().hex)
    times_sent: int = 0


class Requests:
    """Of one caller. `patience`: seconds after which no request is sent again."""

    def __init__(self, http: httpx.AsyncClient, url: str, token: str, patience: float) -> None:
        self.http, self.token, self.patience = http, token, patience
        self.base = f"{url.rstrip('/')}/api/v1/"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        query: Json | None = None,
        key: Key | None = None,
        patience: float | None = None,
    ) -> Json:
        """The answer. A POST is sent again only under a key, or if it has certainly not been heard.

        Errors: Refused, Unreachable.
        """
        time = asyncio.get_running_loop().time
        end = time() + (self.patience if patience is None else patience)
        is_repeatable = method != "POST" or key is not None or path in REPEATABLE
        wait = float((body or query or {}).get("wait_seconds", 0))
        for usual in pauses():
            pause = usual
            if key:
                key.times_sent += 1
            try:
                response = await self.http.request(
                    method,
                    self.base + path,
                    json=body,
                    params=query,
                    headers=self.headers | ({"Idempotency-Key": key.text} if key else {}),
                    timeout=httpx.Timeout(ANSWER, read=wait + ANSWER),
                )
            except httpx.TransportError as error:
                failure: Refused | Unreachable = Unreachable(f"{method} {path}: {error!r}")
                is_safe = is_repeatable or isinstance(error, NOT_SENT)
            else:
                if response.is_success:
                    return content_of(response)
                failure = failure_of(response)
                is_safe = response.status_code in BUSY and (is_repeatable or response.status_code == 429)
                pause = retry_after(response, usual)
            if not is_safe or time() + pause > end:
                raise failure
            await asyncio.sleep(pause)
        raise AssertionError("there is always another pause")


def pauses(longest: float = 5.0) -> Iterator[float]:
    """Longer and longer, and never the same for two clients."""
    pause = 0.1
    while True:
        yield pause * random.uniform(0.5, 1.5)
        pause = min(2 * pause, longest)


def retry_after(response: httpx.Response, pause: float) -> float:
    """The server's word, or our own pause where it gives none."""
    try:
        return max(float(response.headers["Retry-After"]), pause)
    except (KeyError, ValueError):
        return pause


def content_of(response: httpx.Response) -> Json:
    if not response.content:
        return {}
    try:
        found = response.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(response.status_code, _no_workbin(response))
    return found


def failure_of(response: httpx.Response) -> Refused | Unreachable:
    """Of a response, wholly read, that is no success."""
    status = response.status_code
    if status >= 500:
        return Unreachable(f"{response.request.method} {response.request.url}: {status}", status)
    problem: Any = None
    if "json" in response.headers.get("Content-Type", ""):
        problem = response.json()
    if not isinstance(problem, dict):
        problem = _no_workbin(response)
    return (CursorExpired if problem.get("code") == "cursor_expired" else Refused)(status, problem)


def _no_workbin(response: httpx.Response) -> Json:
    return {"detail": f"{response.request.url}: no Workbin answers here"}
