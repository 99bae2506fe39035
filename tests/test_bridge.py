"""The bridge under a real uvicorn: bodies, leavers, dawdlers, streams."""

import contextlib
import http.client
import json
import logging
import socket
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from config.bridge import Bridge
from tests.bridges import serving
from tests.processes import until

MAX_BODY = 1024 * 1024
LONG = 60.0


class Site:
    """A small WSGI application that tells what it got, and counts how often it was closed."""

    def __init__(self) -> None:
        self.closed = 0
        self.seen = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.seen += 1
        return Response(self, self.answer(environ, start_response))

    def answer(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        path = environ["PATH_INFO"]
        if path == "/break":
            raise ZeroDivisionError("on purpose")
        if path == "/empty":
            start_response("204 No Content", [("Content-Length", "0"), ("X-Word", "caf\xe9")])
            return
        if path == "/cookies":
            start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", "2")])
            yield b"ok"
            return
        if path == "/stream":
            start_response("200 OK", [])
            while True:
                yield b"tick\n"
                time.sleep(0.05)
        if path == "/breaks-off":
            start_response("200 OK", [("Content-Length", "200000")])
            yield b"x" * 100_000
            raise ZeroDivisionError("on purpose")
        body = environ["wsgi.input"].read()
        told = {name: value for name, value in environ.items() if isinstance(value, (str, bool))}
        answer = json.dumps(told | {"size": len(body)}).encode()
        start_response("200 OK", [("Content-Length", str(len(answer)))])
        yield answer


class Response:
    def __init__(self, site: Site, chunks: Iterator[bytes]) -> None:
        self.site, self.chunks = site, chunks

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks

    def close(self) -> None:
        self.site.closed += 1


class Served:
    def __init__(self, bridge: Bridge, port: int) -> None:
        self.bridge, self.port = bridge, port
        self.site = Site()

    def forget(self) -> None:
        self.site = self.bridge.wsgi = Site()

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        return connection.getresponse()

    def told(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        with self.request(method, path, body, **headers) as response:
            assert response.status == 200
            told: dict[str, Any] = json.loads(response.read())
            return told

    def raw(self, text: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=LONG)
        connection.sendall(text)
        return connection


@contextlib.contextmanager
def serve(threads: int = 2, seconds: float = LONG, **config: Any) -> Iterator[Served]:
    """So long bodies and readers are waited for."""
    bridge = Bridge(Site(), threads, MAX_BODY, body_seconds=seconds, send_seconds=seconds)
    try:
        with serving(bridge, **config) as port:
            served = Served(bridge, port)
            served.forget()
            yield served
    finally:
        bridge.threads.shutdown()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serve() as served:
        yield served


@pytest.fixture
def web(server: Served) -> Served:
    server.forget()
    return server


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 10_000):
        yield b"x" * 10_000


def test_the_request_arrives_in_wsgis_words(web: Served) -> None:
    told = web.told("GET", "/caf%C3%A9%2Fbar?q=%C3%A9&q=%26", X_Thing="caf\xe9", Content_Type="text/plain")
    assert told["PATH_INFO"].encode("latin-1").decode() == "/café/bar"
    assert told["QUERY_STRING"] == "q=%C3%A9&q=%26"
    assert told["HTTP_X_THING"] == "caf\xe9"
    assert told["CONTENT_TYPE"] == "text/plain"
    assert told["REMOTE_ADDR"] == "127.0.0.1"
    assert told["SCRIPT_NAME"] == ""
    assert told["workbin.body_too_large"] is False


def test_it_can_be_mounted() -> None:
    with serve(root_path="/desk%20one".replace("%20", "-")) as web:
        told = web.told("GET", "/here")
        assert (told["SCRIPT_NAME"], told["PATH_INFO"]) == ("/desk-one", "/here")


def test_a_header_with_an_underscore_passes_for_no_other(web: Served) -> None:
    lines = [b"GET / HTTP/1.1", b"Host: x", b"X_Forwarded_Proto: https", b"Cookie: a=1", b"Cookie: b=2"]
    with (
        web.raw(b"\r\n".join([*lines, b"Connection: close", b"", b""])) as connection,
        connection.makefile("rb") as answer,
    ):
        told = json.loads(answer.read().split(b"\r\n\r\n", 1)[1])
    assert "HTTP_X_FORWARDED_PROTO" not in told
    assert told["HTTP_COOKIE"] == "a=1; b=2"


@pytest.mark.parametrize("size", [0, 1, 900_000, MAX_BODY])
def test_a_body_up_to_the_limit_arrives(web: Served, size: int) -> None:
    told = web.told("POST", "/", b"x" * size)
    assert (told["size"], told["CONTENT_LENGTH"]) == (size, str(size))


def test_a_chunked_body_arrives_whole(web: Served) -> None:
    told = web.told("POST", "/", chunks(900_000))
    assert (told["size"], told["CONTENT_LENGTH"]) == (900_000, "900000")
    assert "HTTP_TRANSFER_ENCODING" not in told


@pytest.mark.parametrize("body", [b"x" * 3_000_000, lambda: chunks(3_000_000)], ids=["sized", "chunked"])
def test_a_body_above_the_limit_is_only_reported(web: Served, body: Any) -> None:
    told = web.told("POST", "/", body() if callable(body) else body)
    assert told["workbin.body_too_large"] is True
    assert (told["size"], told["CONTENT_LENGTH"]) == (0, "0")


def test_who_asks_before_sending_is_told_to_go_on(web: Served) -> None:
    lines = [b"POST / HTTP/1.1", b"Host: x", b"Content-Length: 4", b"Expect: 100-continue"]
    with (
        web.raw(b"\r\n".join([*lines, b"Connection: close", b"", b""])) as connection,
        connection.makefile("rb") as answer,
    ):
        assert answer.readline() == b"HTTP/1.1 100 Continue\r\n"
        connection.sendall(b"body")
        assert b'"size": 4' in answer.read()


HALF = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"


def test_half_sent_bodies_hold_no_thread() -> None:
    """There are two."""
    with serve() as web, contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(web.raw(HALF))
        assert web.told("GET", "/")
        assert web.site.seen == 1


def test_half_sent_bodies_end_with_408() -> None:
    with serve(seconds=1) as web, contextlib.ExitStack() as stack:
        dawdlers = [stack.enter_context(web.raw(HALF)) for _ in range(20)]
        for dawdler in dawdlers:
            answer = dawdler.recv(65536)
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert b"connection: close" in answer
    assert web.site.seen == 0


def test_who_leaves_amid_a_body_costs_nothing(web: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(40):
            web.raw(HALF).close()
        assert web.told("GET", "/")
    assert web.site.seen == 1
    assert not caplog.records


def test_head_and_no_content_have_no_body(web: Served) -> None:
    head = web.request("HEAD", "/")
    assert int(head.headers["content-length"]) > 0
    assert head.read() == b""
    empty = web.request("GET", "/empty")
    assert (empty.status, empty.read(), empty.headers["content-length"]) == (204, b"", None)
    assert empty.headers["x-word"] == "caf\xe9"


def test_headers_may_repeat(web: Served) -> None:
    assert web.request("GET", "/cookies").headers.get_all("set-cookie") == ["a=1", "b=2"]


def test_a_stream_arrives_as_it_is_made_and_ends_with_its_reader(web: Served) -> None:
    with (
        web.raw(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n") as connection,
        connection.makefile("rb") as answer,
    ):
        ticks = 0
        while ticks < 3:
            ticks += answer.readline() == b"tick\n"
        assert web.site.closed == 0
    until(lambda: web.site.closed == 1)


def flood(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    while environ["PATH_INFO"] == "/flood":
        yield b"x" * 100_000
    yield b"{}"


@contextlib.contextmanager
def flooding(seconds: float) -> Iterator[Served]:
    with serve(threads=1, seconds=seconds) as web:
        web.site.answer = flood  # type: ignore[method-assign]
        yield web


def test_a_stream_that_nobody_reads_is_left() -> None:
    with flooding(1) as flooded, flooded.raw(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n"):
        until(lambda: flooded.site.closed == 1)


def test_a_stream_that_nobody_reads_holds_no_thread() -> None:
    """There is only one, and they are not left yet."""
    with flooding(LONG) as flooded, contextlib.ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(flooded.raw(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n"))
        until(lambda: flooded.site.seen == 5)
        assert flooded.told("GET", "/") == {}
        until(lambda: flooded.site.closed == 1)  # its own


def test_an_error_is_a_500_and_is_logged_once(web: Served, caplog: pytest.LogCaptureFixture) -> None:
    assert web.request("GET", "/break").status == 500
    assert [str(record.exc_info and record.exc_info[1]) for record in caplog.records] == ["on purpose"]
    assert web.site.closed == 1


def test_an_error_amid_a_response_breaks_it_off(web: Served, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(http.client.IncompleteRead):
        web.request("GET", "/breaks-off").read()
    until(lambda: caplog.records)
    assert web.site.closed == 1


def test_every_response_is_closed_once(web: Served) -> None:
    for path in ("/", "/empty", "/cookies"):
        web.request("GET", path).read()
    assert web.site.closed == web.site.seen == 3
