"""Requests that can be read in two ways, or in none."""

import pytest

from tests.applications import API
from tests.hostile.wire import Line, ask, ask_each, request
from tests.sockets import PATIENCE, exchange
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED, LENGTH = "Transfer-Encoding: chunked", "Content-Length: 4"
NONE_AND_MORE = "0\r\n\r\n" + SMUGGLED


def post(*lines: Line, body: str = "username=x") -> bytes:
    return request(*lines, method="POST", path=API + "sessions") + body.encode()


FRAMES: dict[str, bytes] = {
    "two lengths": post("Content-Length: 10", "Content-Length: 11"),
    "the same length twice": post("Content-Length: 10", "Content-Length: 10"),
    "a list of lengths": post("Content-Length: 10, 10"),
    "length and chunks": post(LENGTH, CHUNKED, body=NONE_AND_MORE),
    "chunks and length": post(CHUNKED, LENGTH, body=NONE_AND_MORE),
    "chunks not last": post("Transfer-Encoding: chunked, identity", body=NONE_AND_MORE),
    "chunks twice": post(CHUNKED, CHUNKED, body=NONE_AND_MORE),
    "another coding": post("Transfer-Encoding: gzip", body=SMUGGLED),
    "a coding of no name": post("Transfer-Encoding: xchunked", body=NONE_AND_MORE),
    "a tab before the coding": post("Transfer-Encoding:\tchunked", LENGTH, body=NONE_AND_MORE),
    "a space before the colon": post("Content-Length : 10"),
    "a folded line": post("Transfer-Encoding:\r\n chunked", LENGTH, body=NONE_AND_MORE),
    "an underscore": post("Content_Length: 4", "Transfer_Encoding: chunked", "Content-Length: 10"),
    "a negative length": post("Content-Length: -1"),
    "a length with a sign": post("Content-Length: +10"),
    "a length in hexadecimal": post("Content-Length: 0xa"),
    "a length that is none": post("Content-Length: ten"),
    "a length beyond all": post("Content-Length: 99999999999999999999999"),
    "a chunk beyond all": post(CHUNKED, body="ffffffffffffffffff\r\nx"),
    "a chunk with a sign": post(CHUNKED, body="-1\r\nx\r\n0\r\n\r\n"),
    "a chunk that is none": post(CHUNKED, body="zz\r\nx"),
    "a chunk longer than it says": post(CHUNKED, body="1\r\nxxxxx\r\n0\r\n\r\n"),
    "line feeds alone": request().replace(b"\r\n", b"\n"),
    "carriage returns alone": request().replace(b"\r\n", b"\r") + b"\r\n\r\n",
    "a carriage return in a value": request(b"X-A: b\rX-B: c"),
    "NUL in a name": request(b"X-\0A: b"),
    "no name": request(": nameless"),
    "no colon": request("nonsense"),
    "no host": request(host="X-Nothing: here"),
    "no version": b"GET /\r\n\r\n",
    "version 0.9": b"GET / HTTP/0.9\r\nHost: localhost\r\n\r\n",
    "version 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "version 3.14": b"GET / HTTP/3.14\r\nHost: localhost\r\n\r\n",
    "no method": b" / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a method of our own": request(method="BREW"),
    "a long method": request(method="G" * 70_000),
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "TLS": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\0" * 160,
    "the proxy protocol": b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n" + request(),
    "nothing but zeros": b"\0" * 1000,
}
UPGRADES = [
    ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"],
    ["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Connection: Upgrade, HTTP2-Settings"],
]


def test_how_it_is_framed(site: Web) -> None:
    """What can be read in two ways is not read in any: no part of it is taken for a second request."""
    found = ask_each(site, FRAMES)
    assert found.pop("an underscore") == [415]  # which says nothing: the other length is the one
    assert {name: statuses for name, statuses in found.items() if statuses not in ([400], [])} == {}


def test_a_second_request_is_answered(site: Web) -> None:
    """The twin: if one were taken for it, that would be seen."""
    second = SMUGGLED.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    sent = post("Content-Length: 10").replace(b"Connection: close\r\n", b"") + second.encode()
    assert exchange(site.port, sent, quiet=PATIENCE).statuses == [415, 404]


def test_other_protocols_are_not_spoken(site: Web) -> None:
    """A request to change to one is answered as if it did not ask."""
    for lines in UPGRADES:
        assert ask(site, request(*lines)).statuses == [401]
