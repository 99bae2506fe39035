"""Reading a stream of Server-Sent Events as a desk does."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.applications import API, Desk
from tests.processes import until
from tests.web import Web

LONG = 20  # seconds


@dataclass
class Stream:
    """Read in a thread until it ends, or we have had enough."""

    response: httpx.Response
    ids: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    has_ended: bool = False

    def read(self) -> None:
        with contextlib.suppress(httpx.HTTPError):
            for line in self.response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    self.ids.append(value)
                elif name == "data":
                    self.events.append(json.loads(value) | {"cursor": self.ids[-1]})
        self.has_ended = True

    def names(self) -> list[str]:
        return [event["event"] for event in self.events]

    def until(self, count: int) -> list[str]:
        until(lambda: len(self.events) >= count, what=f"{count} events")
        return self.names()


@contextlib.contextmanager
def streaming(site: Web, desk: Desk, last_id: str = "", **query: str) -> Iterator[Stream]:
    resume = {"Last-Event-ID": last_id} if last_id else {}
    headers = {"Authorization": f"Bearer {desk.token}", "Accept": "text/event-stream", **resume}
    with (
        httpx.Client(base_url=site.url, timeout=LONG) as http,
        http.stream("GET", f"{API}events/stream", headers=headers, params=query) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = Stream(response)
        thread = threading.Thread(target=stream.read, daemon=True)
        thread.start()
        until(lambda: stream.ids, what="the first id")
        yield stream
