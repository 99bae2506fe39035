"""The limits of a body, to the byte and the level, over HTTP."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import cast
from tests.web import web

pytestmark = pytest.mark.django_db(transaction=True)

MIB = 1024 * 1024
DEEP = 100_000
FRAME = '{"queue":"email-support","media_type":"email","user_data":%s}'


def nested(levels: int, opening: str = '{"a":', closing: str = "}") -> str:
    return opening * (levels - 1) + (opening.replace('"a":', "") + closing) + closing * (levels - 1)


def sized(size: int) -> str:
    """A JSON object of that many bytes."""
    return '{"a":"%s"}' % ("x" * (size - len('{"a":""}')))


def padded(size: int) -> bytes:
    body = FRAME % "{}"
    return (body + " " * (size - len(body))).encode()


def in_chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 10_000):
        yield body[start : start + 10_000]


class Sender:
    def __init__(self, url: str, token: str) -> None:
        self.where, self.token = urlsplit(url), token

    def __call__(self, body: Any, path: str = "interactions") -> tuple[int, Any]:
        assert self.where.hostname
        connection = http.client.HTTPConnection(self.where.hostname, self.where.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request("POST", f"/api/v1/{path}", body, headers)
        with connection.getresponse() as response:
            found = json.loads(response.read())
            assert response.status < 300 or response.headers["Content-Type"] == "application/problem+json"
            return response.status, found


def test_the_limits_of_a_body() -> None:
    cast.media_type()
    cast.queue(cast.SUPPORT, cast.TEAM)
    cast.agent("alice", cast.TEAM)
    gateway, alice = cast.service("mail-gateway", cast.Role.MEDIA_SERVER), cast.log_in("alice")
    with web() as site:
        send = Sender(site.url, gateway.token)

        assert send(FRAME % sized(65_536))[0] == 201
        assert refusal(send(FRAME % sized(65_537))) == (400, "At most 65536 bytes of JSON are allowed.")
        assert send(FRAME % nested(32))[0] == 201
        assert refusal(send(FRAME % nested(33))) == (400, "At most 32 levels are allowed.")

        for form in (bytes, in_chunks):
            assert send(form(padded(MIB)))[0] == 201
            status, problem = send(form(padded(MIB + 1)))
            assert (status, problem["code"]) == (413, "too_large")

        for opening, closing in (('{"a":', "}"), ("[", "]")):
            deep = nested(DEEP, opening, closing)
            for body in (deep, FRAME % deep, '{"%s":1}' % ("x" * DEEP), f'{{"queue":{deep}}}'):
                assert send(body)[0] == 400
            agents = Sender(site.url, alice.token)
            for path in ("keep-alive", f"queues/{cast.SUPPORT}/pull", "sessions", "interactions/1/revoke"):
                for body in (deep, f'{{"count":{deep}}}', f'{{"reason":{deep}}}'):
                    assert agents(body, path)[0] == 400
        assert agents("{}", "keep-alive")[0] == 200


def refusal(answer: tuple[int, Any]) -> tuple[int, str]:
    status, problem = answer
    return status, problem["errors"]["user_data"][0]
