"""A real web process on the test database, and applications that speak HTTP with it."""

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from config.lifeline import spawn, tied
from config.listener import answers
from tests import cast
from tests.applications import API, Application, Desk
from tests.processes import CHEAP, until
from tests.workers import environment_of_tests


class Wire:
    """Django's test client as far as applications use it, over real HTTP."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=40)

    def generic(self, method: str, path: str, data: Any = "", content_type: str = "", **request: Any) -> Any:
        headers = dict(request.get("headers", {})) | ({"Content-Type": content_type} if content_type else {})
        found = self.http.request(
            method, path, content=data or None, headers=headers, params=request.get("query_params")
        )
        return Found(found)


class Found:
    def __init__(self, response: httpx.Response) -> None:
        self.status_code, self.content = response.status_code, response.content
        self.headers = response.headers

    def get(self, header: str, default: str = "") -> str:
        return self.headers.get(header, default)

    def __getitem__(self, header: str) -> str:
        return self.headers[header]


@dataclass
class Web:
    port: int
    process: subprocess.Popen[bytes]
    opened: list[Wire] = field(default_factory=list)
    is_stopped: bool = False

    def stop(self) -> int:
        """As its supervisor asks it to. Returns what it exits with."""
        self.is_stopped = True
        self.process.terminate()
        return self.process.wait(60)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post_and_leave(
        self, path: str, body: Any, headers: dict[str, str], when: Callable[[], object]
    ) -> None:
        """Hang up, without reading, as soon as `when` is true."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)) as sent:
            sent.request(
                "POST", API + path, json.dumps(body), {"Content-Type": "application/json", **headers}
            )
            until(when)

    def wire(self) -> Wire:
        self.opened.append(Wire(self.url))
        return self.opened[-1]

    def desk(self, desk: Desk) -> Desk:
        """The same session, over real HTTP."""
        return Desk(desk.name, desk.token, self.wire(), desk.cursor)  # type: ignore[arg-type]

    def application(self, application: Application) -> Application:
        return Application(application.name, application.token, self.wire())  # type: ignore[arg-type]

    def desks(self, count: int) -> list[Desk]:
        """As many agents of the e-mail team."""
        names = [f"agent-{number}" for number in range(count)]
        for name in names:
            cast.agent(name, cast.TEAM)
        return [self.desk(cast.log_in(name)) for name in names]


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """For servers one after the other: between them it refuses connections, and nobody else gets it."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextlib.contextmanager
def web(port: int = 0, /, **env: str) -> Iterator[Web]:
    """Yields when it answers; at its end it must have lived, and must leave when asked to."""
    with (
        socket.create_server(("127.0.0.1", port), backlog=4096) as listener,
        tempfile.NamedTemporaryFile() as log,
    ):
        command = [sys.executable, "-m", "config.web", str(listener.fileno())]
        process = spawn(
            command,
            tied(signal.SIGKILL),
            env=environment_of_tests(**CHEAP | env),
            cwd=settings.BASE_DIR,
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=log,
        )
        served = Web(listener.getsockname()[1], process)
        try:
            until(lambda: process.poll() is not None or answers(listener), 90, "the web process")
            assert process.poll() is None, Path(log.name).read_text()
            yield served
            assert served.is_stopped or process.poll() is None, Path(log.name).read_text()
            for wire in served.opened:
                wire.http.close()
            assert served.stop() == 0, Path(log.name).read_text()
        finally:
            process.kill()
            process.wait()
