"""Clients that are no clients: bytes on a socket, and what comes back."""

import contextlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 20.0


@dataclass
class Answer:
    """Everything that came until the end, or until nobody said anything more."""

    raw: bytes
    is_closed: bool
    statuses: list[int] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        rest = self.raw
        while rest.startswith(b"HTTP/1."):
            head, _, rest = rest.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
            status = int(lines[0].split()[1])
            if headers.get("transfer-encoding") == "chunked":
                body, rest = unchunked(rest)
            else:
                size = 0 if status in (100, 204, 304) else int(headers.get("content-length", len(rest)))
                body, rest = rest[:size], rest[size:]
            self.statuses.append(status)
            self.bodies.append(json.loads(body) if "json" in headers.get("content-type", "") else body)
        assert not rest, rest[:200]


def unchunked(rest: bytes) -> tuple[bytes, bytes]:
    """A body, and what comes after it."""
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        part, rest = rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        if not part:
            break
        body += part
    return body, rest


@contextlib.contextmanager
def connected(port: int, patience: float = PATIENCE) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as opened:
        yield opened


def exchange(port: int, sent: bytes, quiet: float = 0.5, patience: float = PATIENCE) -> Answer:
    """Send, say no more, and read until the server has closed or been quiet for so long."""
    with connected(port, patience) as opened:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            opened.sendall(sent)
        return read(opened, quiet)


def read(opened: socket.socket, quiet: float) -> Answer:
    """The first part is waited for; then quiet is enough."""
    came = bytearray()
    while True:
        try:
            part = opened.recv(65536)
        except TimeoutError:
            return Answer(bytes(came), False)
        except ConnectionResetError:
            return Answer(bytes(came), True)
        if not part:
            return Answer(bytes(came), True)
        came += part
        opened.settimeout(quiet)
