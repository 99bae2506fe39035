"""Reading Server-Sent Events as a desktop does."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from .people import until
from .server import Json, Server

PATIENCE = 20


@dataclass
class Stream:
    """Read in a thread until it ends, or we have had enough."""

    response: httpx.Response
    ids: list[str] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    comments: list[float] = field(default_factory=list)  # when they came
    has_ended: bool = False

    def read(self) -> None:
        with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
            for line in self.response.iter_lines():
                name, _, value = line.partition(":")
                if name == "id":
                    self.ids.append(value.strip())
                elif name == "data":
                    self.events.append(json.loads(value) | {"cursor": self.ids[-1]})
                elif line and not name:
                    self.comments.append(time.monotonic())
        self.has_ended = True

    def until(self, count: int) -> list[Json]:
        until(lambda: len(self.events) >= count, PATIENCE, f"{count} events of the stream")
        return self.events


@contextlib.contextmanager
def streaming(server: Server, token: str, last_id: str = "") -> Iterator[Stream]:
    resume = {"Last-Event-ID": last_id} if last_id else {}
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream", **resume}
    with server.http.stream("GET", "events/stream", headers=headers) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["Content-Type"].startswith("text/event-stream")
        stream = Stream(response)
        threading.Thread(target=stream.read, daemon=True).start()
        yield stream
