"""Hundreds of clients who send, or take, as little as they can: nobody else notices, and all are ended."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests import cast
from tests.applications import API, Desk
from tests.processes import until
from tests.web import Web, web

pytestmark = pytest.mark.django_db(transaction=True)

BOUND, PATIENT = 2, 60  # seconds for a head, and for a body
ANSWERED = 25.0  # seconds: fewer than any slow client has, and more than a slow machine takes
HEAD = f"GET {API}parties HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".encode()
BODY = f"POST {API}sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n".encode()
FILE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
LARGE = f"GET {FILE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Web]:
    """Where the slow ones have their time, however slow the machine is."""
    patient = {"HEAD_SECONDS": str(PATIENT), "BODY_SECONDS": str(PATIENT)}
    with django_db_blocker.unblock(), web(**patient) as site:
        yield site


@pytest.fixture(scope="module")
def brief(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Web]:
    with django_db_blocker.unblock(), web(HEAD_SECONDS=str(BOUND), BODY_SECONDS=str(BOUND)) as site:
        yield site


@dataclass
class Slow:
    """Clients who send a byte a second, each until the server has ended it."""

    opened: list[socket.socket]
    stop: threading.Event = field(default_factory=threading.Event)

    def drip(self) -> None:
        while not self.stop.wait(1):
            for one in self.opened:
                with contextlib.suppress(OSError):
                    one.send(b"x")

    def left(self) -> int:
        return sum(not is_ended(one) for one in self.opened)


def is_ended(one: socket.socket) -> bool:
    """Nothing more comes: what the server had to say has been read."""
    try:
        while one.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def slow_clients(site: Web, *beginnings: bytes) -> Iterator[Slow]:
    with contextlib.ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=5))
            for _ in beginnings
        ]
        for one, beginning in zip(opened, beginnings, strict=True):
            one.sendall(beginning)
            one.setblocking(False)
        slow = Slow(opened)
        dripping = threading.Thread(target=slow.drip)
        dripping.start()
        try:
            yield slow
        finally:
            slow.stop.set()
            dripping.join()


def longest(desk: Desk, times: int) -> float:
    """Pulled and stopped so often: the longest that it took."""
    took = 0.0
    for _ in range(times):
        begun = time.monotonic()
        desk.stop_held(desk.take()).ok()
        took = max(took, time.monotonic() - begun)
    return took


def files_of(site: Web) -> int:
    return len(list(Path(f"/proc/{site.process.pid}/fd").iterdir()))


def test_two_hundred_who_send_a_byte_a_second(site: Web, alice: Desk) -> None:
    """They have their time, and nobody else notices."""
    cast.fill(40)
    desk = site.desk(alice)
    with slow_clients(site, *[HEAD] * 100, *[BODY] * 100) as slow:
        assert longest(desk, 40) < ANSWERED
        assert slow.left() == 200  # the twin: they are not ended for being many


def test_all_of_them_are_ended(brief: Web, alice: Desk) -> None:
    brief.desk(alice).parties()
    before = files_of(brief)
    with slow_clients(brief, *[HEAD] * 100, *[BODY] * 100) as slow:
        until(lambda: slow.left() == 0, what="the end of all")
    until(lambda: files_of(brief) < before + 20, what="their files")


def test_forty_who_take_nothing_of_what_they_asked_for(site: Web, alice: Desk) -> None:
    """A file of more than any buffer has room for: no thread waits for its reader."""
    cast.fill(40)
    desk = site.desk(alice)
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", site.port))
            one.sendall(LARGE)
        assert longest(desk, 40) < ANSWERED


def test_the_whole_file_comes(site: Web) -> None:
    """The twin: it is more than they were given."""
    found = site.wire().http.get(FILE)
    assert found.status_code == 200
    assert len(found.content) > 1_000_000 or found.headers["content-encoding"] == "gzip"
