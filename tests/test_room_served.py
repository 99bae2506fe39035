"""Who waits in the room under a real uvicorn: streams, and long polls."""

import contextlib
import socket
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings

from config.bridge import Bridge
from config.waiting import Room, room
from interactions import broker
from interactions.waking import WAIT, News, Wait
from tests.bridges import leave_the_database, serving
from tests.processes import until as until_true

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds


class Site:
    """A view that waits: its answers are taken from a list, and then it has nothing."""

    def __init__(self, *answers: bytes, is_stream: bool, seconds: float = 30) -> None:
        self.answers, self.is_stream, self.seconds = list(answers), is_stream, seconds
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        body = self.answers.pop(0) if self.answers else b""
        if self.is_stream or not body:
            environ[WAIT] = Wait(self.seconds, {"agent:1": 0}, is_stream=self.is_stream)
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


class Sent(NamedTuple):
    """A client's connection, with its request sent, and the room of the server."""

    client: socket.socket
    room: Room
    sent_at: float

    def is_waiting(self) -> bool:
        """It has been asked, and hears the news from here on."""
        return self.room.ear.is_listening and "agent:1" in self.room.hub.awaited_topics({"agent:1"})


@contextlib.contextmanager
def sent(site: Site, send_seconds: float = 5) -> Iterator[Sent]:
    bridge = Bridge(site, 2, 1024, send_seconds=send_seconds, redis_url=settings.REDIS_URL)
    try:
        with (
            serving(bridge) as port,
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client,
        ):
            sent_at = time.monotonic()
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert bridge.room
            yield Sent(client, bridge.room, sent_at)
    finally:
        leave_the_database(bridge.threads, 2)


@contextlib.contextmanager
def served(site: Site, send_seconds: float = 5) -> Iterator[socket.socket]:
    with sent(site, send_seconds) as request:
        yield request.client


def read(client: socket.socket, until_seen: bytes) -> bytes:
    found = b""
    while until_seen not in found:
        piece = client.recv(65536)
        assert piece, found
        found += piece
    return found


def test_a_quiet_stream_has_a_comment_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BEAT", 0.2)
    site = Site(b"id: 1\n\n", is_stream=True)
    with sent(site) as request:
        assert b"content-length" not in read(request.client, b"id: 1\n\n").lower()
        for _ in range(3):
            read(request.client, b":\n\n")
        assert time.monotonic() - request.sent_at >= 0.6
    assert site.asked == 1


def test_a_stream_that_asks_for_itself() -> None:
    """After the time its view has set, and at once where there is more."""
    with served(Site(*(b"%d\n\n" % n for n in range(20)), is_stream=True, seconds=0.01)) as client:
        read(client, b"19\n\n")


def test_a_reader_that_does_not_read_is_dropped() -> None:
    site = Site(*[b"x" * 1_000_000] * 40, is_stream=True, seconds=0)
    with sent(site, send_seconds=0.5) as (client, room, _):
        until_true(lambda: site.asked > 1 and len(room.hub) == 0, what="its end")
        asked = site.asked
        assert asked < 40
        with contextlib.suppress(ConnectionError):
            while client.recv(1_000_000):
                pass
        time.sleep(0.3)
        assert site.asked == asked


def test_a_poll_that_is_woken() -> None:
    site = Site(b"", is_stream=False)
    with sent(site) as request:
        until_true(request.is_waiting)
        site.answers.append(b"there")
        broker.tell(News({"agent:1"})._publish)
        assert b"content-length: 5" in read(request.client, b"there").lower()
    assert site.asked == 2


def test_a_poll_whose_client_has_left_is_not_asked_again() -> None:
    site = Site(b"", is_stream=False)
    with sent(site) as request:
        until_true(request.is_waiting)
        request.client.close()
        until_true(lambda: not request.is_waiting())
        broker.tell(News({"agent:1"})._publish)
        time.sleep(0.3)
    assert site.asked == 1


def test_a_stream_with_a_request_behind_it_whose_client_has_left(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """uvicorn tells the last request alone."""
    monkeypatch.setattr(room, "BEAT", 0.1)
    site = Site(b"first", is_stream=True)
    with served(site) as client:
        read(client, b"first")
        client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        time.sleep(0.2)
        client.close()
        time.sleep(1.5)
    assert [record for record in caplog.records if record.exc_info] == []
