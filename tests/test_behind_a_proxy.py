"""Where a request comes from: the proxy says so where there is one, and else nobody does."""

import json
import urllib.error
import urllib.request
from pathlib import Path

from tests.processes import up

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


def test_the_proxy_says_who_asks(tmp_path: Path) -> None:
    with up(tmp_path / "data", HTTPS="true", **LIMIT) as running:
        address = running.until_ready()
        near = "203.0.113.1"
        assert [knock(address, near) for _ in range(3)] == [401, 401, 429]
        assert knock(address, f"198.51.100.7, {near}") == 429  # what the client made up stands before it
        assert knock(address, f"{near}, 198.51.100.7") == 401


def test_without_a_proxy_nobody_is_believed(tmp_path: Path) -> None:
    """The twin."""
    with up(tmp_path / "data", **LIMIT) as running:
        address = running.until_ready()
        assert [knock(address, f"203.0.113.{number}") for number in range(3)] == [401, 401, 429]
