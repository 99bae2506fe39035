"""One connection under a real uvicorn: who is slow, says too much, or says nothing, and what ends it."""

import contextlib
import http.client
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from config import bridge
from config.bridge import Bridge
from config.connection import Connection
from tests.bridges import serving
from tests.processes import until
from tests.sockets import Answer, connected, exchange, read

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PATIENCE = 20.0
ATTEMPTS = 3  # of those who are as slow as they may be: this machine may be slower


class Brief(Connection):
    head_seconds = 0.8
    head_bytes = 4000
    reading_seconds = 0.8


def site(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """As many bytes as the query says, after as many seconds as the path."""
    time.sleep(float(environ["PATH_INFO"].strip("/a") or 0))
    body = b"x" * int(environ["QUERY_STRING"] or 2)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@contextlib.contextmanager
def serve(protocol: type[Any], max_body: int = 1000) -> Iterator[int]:
    made = Bridge(site, 4, max_body, body_seconds=0.8)
    try:
        with serving(made, http=protocol, timeout_keep_alive=1) as port:
            yield port
    finally:
        made.threads.shutdown()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serve(Brief) as port:
        yield port


@pytest.fixture(scope="module")
def uvicorns() -> Iterator[int]:
    """Without our bounds, for the twins."""
    with serve(HttpToolsProtocol) as port:
        yield port


def drip(opened: socket.socket, text: bytes, seconds: float) -> Answer | None:
    """A byte now and then, until the server says something or the time is up."""
    end = time.monotonic() + seconds
    opened.settimeout(0.05)
    for byte in text:
        if time.monotonic() > end:
            return None
        try:
            if opened.recv(1, socket.MSG_PEEK) is not None:
                return read(opened, 1)
        except TimeoutError:
            opened.sendall(bytes([byte]))
        except ConnectionResetError:
            return Answer(b"", True)
    return None


DRIPS = [b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 1000, b"G" * 1000, b"\r\n" * 500]


@pytest.mark.parametrize("text", DRIPS, ids=["header", "method", "empty lines"])
def test_a_head_that_comes_too_slowly(port: int, text: bytes) -> None:
    with connected(port) as opened:
        answer = drip(opened, text, PATIENCE)
    assert answer and answer.is_closed
    if text != DRIPS[2]:
        [problem] = answer.bodies
        assert (problem["status"], problem["code"]) in [(408, "too_slow"), (400, "invalid")]


def test_uvicorn_would_wait_for_ever(uvicorns: int) -> None:
    """The twin."""
    with connected(uvicorns) as opened:
        assert drip(opened, DRIPS[0], 1.2) is None


def test_who_says_nothing(port: int, uvicorns: int) -> None:
    """And its twin."""
    with connected(port) as opened, connected(uvicorns, 1.2) as twin:
        assert read(opened, 1) == Answer(b"", True)
        assert read(twin, 1) == Answer(b"", False)


def test_empty_lines_do_not_keep_what_is_idle(port: int) -> None:
    with connected(port) as opened:
        opened.sendall(GET)
        assert opened.recv(1000).startswith(b"HTTP/1.1 200")
        answer = drip(opened, b"\r\n" * 500, PATIENCE)  # uvicorn ends what is idle for a second
    assert answer and answer.is_closed


def test_a_request_after_a_pause_and_empty_lines(port: int) -> None:
    """The twin: nobody is cut off who is only slow between requests."""
    assert any(is_served_after_pauses(port) for _ in range(ATTEMPTS))


def is_served_after_pauses(port: int) -> bool:
    with connected(port) as opened, contextlib.suppress(OSError):
        for _ in range(3):
            opened.sendall(b"\r\n" + GET[:9])
            opened.sendall(GET[9:])
            if not opened.recv(1000).startswith(b"HTTP/1.1 200"):
                return False
            time.sleep(0.4)
        return True
    return False


def test_half_a_head_behind_a_request_that_takes_long(port: int) -> None:
    """The answer comes first; then the time is up."""
    with connected(port) as opened:
        opened.sendall(GET.replace(b"/ ", b"/1.5 ") + GET[:20])
        answer = read(opened, PATIENCE)
    assert answer.statuses == [200, 408]
    assert answer.is_closed


def test_nonsense_behind_a_request_that_takes_long(port: int) -> None:
    """Nothing can be said amid an answer."""
    answer = exchange(port, GET.replace(b"/ ", b"/0.5 ") + b"nonsense\r\n\r\n", PATIENCE)
    assert answer == Answer(b"", True)


LARGE = {
    "header": b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 5000 + b"\r\n\r\n",
    "headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 5000 + b"\r\n",
    "address": b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "without end": b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 200_000,
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_a_head_that_is_too_large(port: int, uvicorns: int, text: bytes) -> None:
    """And its twin."""
    answer = exchange(port, text, PATIENCE)
    assert answer.is_closed
    assert [body["code"] for body in answer.bodies] in (["too_large"], [])  # what is unread may cut it off
    twin = exchange(uvicorns, text, patience=1)
    assert twin.statuses == [200] or not twin.is_closed


def test_a_head_that_is_large_enough(port: int) -> None:
    assert exchange(port, GET.replace(b"Host: x", b"Host: x\r\nX-Long: " + b"a" * 3800)).statuses == [200]


def test_what_is_no_request(port: int) -> None:
    answer = exchange(port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", PATIENCE)
    [problem] = answer.bodies
    assert answer.is_closed and (problem["event"], problem["code"]) == ("EventError", "invalid")
    assert b"x-content-type-options: nosniff" in answer.raw


# --- Who takes no answers -------------------------------------------------------------------------------

LONG = b"GET /?50000000 HTTP/1.1\r\nHost: x\r\n\r\n"


def is_ended(opened: socket.socket, seconds: float) -> bool:
    """Whether the server has broken off: seen without reading what came before."""
    opened.settimeout(0.1)
    end = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < end:
            opened.sendall(b"\r\n")
            time.sleep(0.1)
        return False
    return True


def test_who_takes_nothing_of_an_answer(port: int, uvicorns: int) -> None:
    """And its twin."""
    with connected(port) as opened, connected(uvicorns) as twin:
        opened.sendall(LONG)
        twin.sendall(LONG)
        assert is_ended(opened, PATIENCE)
        assert not is_ended(twin, 1)


def test_who_takes_it_slowly(port: int) -> None:
    assert any(taken_slowly(port) > 50_000_000 for _ in range(ATTEMPTS))


def taken_slowly(port: int) -> int:
    size = 0
    with connected(port) as opened, opened.makefile("rb") as answer, contextlib.suppress(OSError):
        opened.sendall(LONG.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        while part := answer.read(5_000_000):
            size += len(part)
            time.sleep(0.12)
    return size


# --- Many ---------------------------------------------------------------------------------------------


def test_so_many_and_no_more() -> None:
    class Few(Brief):
        head_seconds = 60
        most = 5

    with serve(Few) as port, contextlib.ExitStack() as stack:
        held = [stack.enter_context(connected(port)) for _ in range(5)]
        until(lambda: exchange(port, GET) == Answer(b"", True), PATIENCE)
        for one in held:
            one.sendall(GET)
            assert one.recv(1000).startswith(b"HTTP/1.1 200")
        held[0].close()
        until(lambda: exchange(port, GET).statuses == [200], PATIENCE)


def test_large_bodies_have_so_much_room_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they have is given back when they are answered, or leave."""
    monkeypatch.setattr(bridge, "BODIES", 3)
    half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + b"x" * 950
    made = Bridge(site, 4, 1000)
    with made.threads, serving(made) as port, contextlib.ExitStack() as stack:
        held = [stack.enter_context(connected(port)) for _ in range(3)]
        for one in held:
            one.sendall(half)
        until(lambda: made.kept == 3 * 950)
        answer = exchange(port, half, PATIENCE)
        assert (answer.statuses, answer.bodies[0]["code"]) == ([503], "unavailable")
        assert b"retry-after: 5" in answer.raw
        assert exchange(port, GET).statuses == [200]
        held[0].sendall(b"x" * 50)
        assert held[0].recv(1000).startswith(b"HTTP/1.1 200")
        held[1].close()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as another:
            until(lambda: ask(another) == 200, PATIENCE)


def ask(connection: http.client.HTTPConnection) -> int:
    connection.request("POST", "/", b"x" * 900)
    with connection.getresponse() as answer:
        answer.read()
        return answer.status
