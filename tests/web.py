"""A real web process on the test database."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from config.lifeline import spawn, tied
from tests.processes import until


class Web:
    """Speaks HTTP with it over sockets of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def post(self, path: str, body: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        with contextlib.closing(self._send(path, body, headers)) as sent:
            reply = sent.getresponse()
            return reply.status, reply.read()

    def post_and_leave(self, path: str, body: Any, headers: dict[str, str], when: Any) -> None:
        """Hang up, without reading, as soon as `when` is true."""
        with contextlib.closing(self._send(path, body, headers)):
            until(when, 10)

    def is_alive(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            asked.request("GET", "/healthz")
            return asked.getresponse().status == 200
        return False

    def _send(self, path: str, body: Any, headers: dict[str, str]) -> http.client.HTTPConnection:
        sent = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent.request(
            "POST", f"/api/v1/{path}", json.dumps(body), {"Content-Type": "application/json", **headers}
        )
        return sent


@contextlib.contextmanager
def web() -> Iterator[Web]:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
    env = os.environ | {"DATABASE_URL": database.geturl()}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fd = listener.fileno()
        process = spawn(
            [sys.executable, "-W", "ignore", "-m", "config.web", str(fd)],
            tied(signal.SIGKILL),
            env=env,
            cwd=settings.BASE_DIR,
            pass_fds=[fd],
        )
        try:
            served = Web(listener.getsockname()[1])
            until(served.is_alive, 30, "the web process")
            yield served
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
