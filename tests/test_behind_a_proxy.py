"""Where a request comes from: the proxy says so where there is one, and else nobody does."""

import json
import secrets
import urllib.error
import urllib.request

import pytest

from tests.web import web

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = {"LOGIN_FAILURES_PER_ADDRESS": "2"}


def knock(address: str, forwarded: str) -> int:
    """A log-in of someone unknown, passed on by a proxy that ended TLS: the answer's status."""
    body = json.dumps({"username": forwarded, "password": "wrong"}).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Forwarded-For": forwarded,
        "X-Forwarded-Proto": "https",
    }
    request = urllib.request.Request(f"{address}/api/v1/sessions", body, headers)
    try:
        return int(urllib.request.urlopen(request, timeout=20).status)
    except urllib.error.HTTPError as answer:
        answer.read()
        return answer.code


def test_the_proxy_says_who_asks() -> None:
    with web(HTTPS="true", SECRET_KEY=secrets.token_urlsafe(50), **LIMIT) as site:
        address = site.url
        near = "203.0.113.1"
        assert [knock(address, near) for _ in range(3)] == [401, 401, 429]
        assert knock(address, f"198.51.100.7, {near}") == 429  # what the client made up stands before it
        assert knock(address, f"{near}, 198.51.100.7") == 401


def test_without_a_proxy_nobody_is_believed() -> None:
    """The twin."""
    with web(**LIMIT) as site:
        address = site.url
        assert [knock(address, f"203.0.113.{number}") for number in range(3)] == [401, 401, 429]
