"""Bad tokens and other headers: always a problem document with a 4xx, or taken as it is meant."""

import io
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.wsgi import application
from tests.applications import API, Application, Desk

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

TOKENS = [
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Basic YTpi",
    "bearer x y",
    "Bearer \0",
    "Bearer é",
    "Bearer " + "x" * 100_000,
    "x",
]


@pytest.mark.parametrize("header", TOKENS)
def test_tokens(alice: Desk, gateway: Application, header: str) -> None:
    for path in ("parties", "events", "reporting/events", "interactions/1"):
        reply = alice.send_raw("GET", path, headers={"Authorization": header})
        assert reply.refused(401, "not_authenticated")["reason"] in ("missing", "unknown")
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_scheme_is_not_case_sensitive(alice: Desk) -> None:
    """The twin."""
    assert (
        alice.send_raw("GET", "parties", headers={"Authorization": f"bEARER  {alice.token} "}).status == 200
    )


HEADERS = [
    {"Accept": "text/html"},
    {"Accept": ";;;,,,"},
    {"Accept": "application/json; a*=bogus'x'%ff"},
    {"Accept": "application/json; a*=utf-8''%ff; q=x"},
    {"Accept": "a" * 100_000},
    {"Accept": "*/*;" * 5000},
    {"Host": "elsewhere.example"},
    {"Host": "a b"},
    {"Host": "\0"},
]
CONTENT_TYPES = [
    "application/json; charset=bogus",
    "application/json;" * 3000,
    "\0",
    "é",
    ";",
]


@pytest.mark.parametrize("headers", HEADERS)
def test_weird_headers(alice: Desk, headers: dict[str, str]) -> None:
    reply = alice.send_raw("GET", "parties", headers=headers)
    assert reply.status == 200 or reply.is_problem, reply


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_weird_content_types(alice: Desk, content_type: str) -> None:
    reply = alice.send_raw("POST", "keep-alive", data=b"{}", content_type=content_type)
    assert reply.status == 200 or reply.is_problem, reply


@pytest.mark.parametrize(
    ("content_type", "status"), [("application/json; a*=bogus'x'%ff", 415), ("application/json; a=b", 200)]
)
def test_a_content_type_that_django_cannot_read(alice: Desk, content_type: str, status: int) -> None:
    """Through the whole application, for Django itself would raise before it had a request."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": API + "keep-alive",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": "2",
        "wsgi.input": io.BytesIO(b"{}"),
        "HTTP_AUTHORIZATION": f"Bearer {alice.token}",
    }
    setup_testing_defaults(environ)
    answered: list[str] = []
    application(environ, lambda status, headers, *_: answered.append(status[:3]))
    assert answered == [str(status)]


@pytest.mark.parametrize("length", ["abc", "-5", "", "1"])
def test_a_length_that_is_wrong(alice: Desk, length: str) -> None:
    given: dict[str, Any] = {"data": b"{}", "content_type": "application/json", "CONTENT_LENGTH": length}
    reply = alice.send_raw("POST", "keep-alive", **given)
    assert reply.status == 200 or reply.is_problem, reply


def test_anything_in_a_header(alice: Desk) -> None:
    latin = st.text(st.characters(max_codepoint=255), max_size=60)  # what WSGI can carry

    @SETTINGS
    @given(
        name=st.sampled_from(["Accept", "Authorization", "Cookie", "Host", "Content-Type", "Range"]),
        value=latin,
    )
    def ask(name: str, value: str) -> None:
        more = {"content_type": value} if name == "Content-Type" else {"headers": {name: value}}
        reply = alice.send_raw(
            "POST", "keep-alive", data=b"{}", **({"content_type": "application/json"} | more)
        )
        assert reply.status == 200 or reply.is_problem, reply

    ask()
