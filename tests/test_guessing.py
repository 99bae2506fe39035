"""Thousands of guesses at passwords: they cost few rows and little memory, and keep nobody else out."""

import functools
import json
import string
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from interactions.models import LoginFailure
from tests import cast
from tests.applications import API
from tests.hostile import how_many, is_long
from tests.web import Web, web

pytestmark = pytest.mark.django_db(transaction=True)

GUESSES = how_many(100, 10_000)
PER_USER, PER_ADDRESS = how_many(2, 10), how_many(4, 50)
AT_ONCE = 4
GROWTH = 30_000  # kB; a process that has just begun grows a little by itself
LIMITS = {"LOGIN_FAILURES_PER_USER": str(PER_USER), "LOGIN_FAILURES_PER_ADDRESS": str(PER_ADDRESS)}
DEAR = {"DJANGO_SETTINGS_MODULE": "config.settings"}  # each guess costs what it costs
ATTACKER, HOME = "192.0.2.66", "198.51.100.7"


@pytest.fixture
def behind_a_proxy() -> Iterator[Web]:
    """Which says who asks, and is believed."""
    proxy = {"HTTPS": "true", "FORWARDED_ALLOW_IPS": "127.0.0.1", "SECRET_KEY": string.ascii_letters}
    with web(**LIMITS, **DEAR, **proxy) as site:
        yield site


def memory_of(site: Web) -> int:
    lines = Path(f"/proc/{site.process.pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith("VmRSS:")]
    return int(line.split()[1])


def knock(http: httpx.Client, username: str, password: str, address: str) -> httpx.Response:
    headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https", "Content-Type": "application/json"}
    body = json.dumps({"username": username, "password": password})
    return http.post(f"{API}sessions", content=body, headers=headers)


def guess(site: Web, count: int, stop: threading.Event, found: Counter[Any]) -> None:
    """At alice, at names that exist and at such that do not, always from the same address."""
    with httpx.Client(base_url=site.url, timeout=40) as http:
        for number in range(count):
            if stop.is_set():
                return
            name = "alice" if number % 2 else f"guess-{threading.get_ident()}-{number}"
            found[knock(http, name, f"wrong-{number}", ATTACKER).status_code] += 1


def test_guesses_from_one_address(behind_a_proxy: Web, absent_alice: str) -> None:
    """The address has to wait at once; alice and bob come in from another, meanwhile and afterwards."""
    cast.agent("bob", cast.TEAM)
    site, found, stop = behind_a_proxy, Counter[Any](), threading.Event()
    with httpx.Client(base_url=site.url, timeout=40) as http, ThreadPoolExecutor(AT_ONCE) as pool:
        knock(http, "alice", cast.PASSWORD, HOME).raise_for_status()
        before = memory_of(site)
        act = functools.partial(guess, site, GUESSES // AT_ONCE, stop, found)
        guessing = [pool.submit(act) for _ in range(AT_ONCE)]
        try:
            for name in ("alice", "bob"):
                begun = time.monotonic()
                assert knock(http, name, cast.PASSWORD, HOME).status_code == 201
                assert time.monotonic() - begun < 30
            for one in guessing:
                one.result()
        finally:
            stop.set()
        assert knock(http, "bob", cast.PASSWORD, ATTACKER).status_code == 429  # the twin

    checked = found[401]
    assert checked <= PER_ADDRESS + AT_ONCE
    assert found == {401: checked, 429: GUESSES // AT_ONCE * AT_ONCE - checked}
    assert LoginFailure.objects.count() == checked
    assert memory_of(site) - before < GROWTH
    if is_long():
        print(found, "rows", checked, "memory", before, "to", memory_of(site), "kB")  # noqa: T201
