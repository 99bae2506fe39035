"""Tokens of all shapes, in all places, of all others."""

import pytest

from interactions.sql import run
from tests.applications import API, Application, Desk
from tests.hostile.wire import Line, ask, ask_each, is_clean, of, request
from tests.sockets import PATIENCE, exchange
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def tokens(token: str) -> dict[str, list[Line]]:
    return {
        "none": [],
        "empty": ["Authorization:"],
        "scheme alone": ["Authorization: Bearer"],
        "spaces": ["Authorization: Bearer \t  "],
        "basic": ["Authorization: Basic YWxpY2U6YWxpY2U="],
        "digest": ['Authorization: Digest username="alice", nonce="x", uri="/", response="y"'],
        "two words": [f"Authorization: Bearer {token} {token}"],
        "a list": [f"Authorization: Bearer {token}, Bearer {token}"],
        "other scheme": [f"Authorization: Token {token}"],
        "no scheme": [f"Authorization: {token}"],
        "quoted": [f'Authorization: Bearer "{token}"'],
        "other case": [f"Authorization: Bearer {token.swapcase()}"],
        "cut short": [f"Authorization: Bearer {token[:-1]}"],
        "long": ["Authorization: Bearer " + "a" * 60_000],
        "too long": ["Authorization: Bearer " + "a" * 100_000],
        "latin-1": [b"Authorization: Bearer \xff\xfe\xe9"],
        "utf-8": ["Authorization: Bearer é中\U0001f600"],
        "NUL": [b"Authorization: Bearer a\0b"],
        "control": [b"Authorization: Bearer a\x0bb\x7f"],
        "jwt": ["Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0."],
        "SQL": ["Authorization: Bearer ' OR 1=1 --"],
        "two of them": [f"Authorization: Bearer {token}", f"Authorization: Bearer {token}"],
        "the wrong one first": ["Authorization: Bearer x", f"Authorization: Bearer {token}"],
        "the wrong one second": [f"Authorization: Bearer {token}", "Authorization: Basic x"],
        "by an underscore": [f"Authorization_: Bearer {token}", f"HTTP_AUTHORIZATION: Bearer {token}"],
        "as a cookie": [f"Cookie: sessionid={token}; token={token}; Authorization=Bearer {token}"],
        "of the proxy": [f"Proxy-Authorization: Bearer {token}", f"X-Authorization: Bearer {token}"],
        "of a rewriter": ["X-Original-URL: /admin/", "X-Rewrite-URL: /admin/"],
    }


def test_tokens_of_all_shapes(site: Web, alice: Desk) -> None:
    found = ask_each(site, {name: request(*lines) for name, lines in tokens(alice.token).items()})
    assert found.pop("too long") in ([431], [])  # what of it is unread may cut the answer off
    others = {name: statuses for name, statuses in found.items() if statuses != [401]}
    assert others == {"NUL": [400], "control": [400]}  # which is no HTTP


def test_the_right_one(site: Web, alice: Desk) -> None:
    """The twin."""
    assert ask(site, request(of(alice))).statuses == [200]
    assert ask(site, request(f"aUTHORIZATION:   bEARER {alice.token}  ")).statuses == [200]


def test_a_token_in_an_address(site: Web, alice: Desk) -> None:
    queries = [f"{name}={alice.token}" for name in ("token", "access_token", "Authorization")]
    found = ask_each(site, {query: request(path=f"{API}parties?{query}") for query in queries})
    assert set(map(tuple, found.values())) == {(401,)}


def test_each_others_tokens(site: Web, alice: Desk, gateway: Application, warehouse: Application) -> None:
    """An agent's where a service's belongs, and the other way round: the role says no."""
    log = API + "reporting/events"
    refused = {
        "media server": request(of(gateway)),
        "reporting engine": request(of(warehouse)),
        "media server at the log": request(of(gateway), path=log),
        "agent at the log": request(of(alice), path=log),
    }
    assert set(map(tuple, ask_each(site, refused).values())) == {(403,)}
    assert ask(site, request(of(warehouse), path=log)).statuses == [200]


def test_a_token_that_has_ended(site: Web, alice: Desk) -> None:
    alice.log_out().ok(204)
    answer = ask(site, request(of(alice)))
    assert (answer.statuses, answer.bodies[0]["reason"]) == ([401], "ended")


def test_an_error_of_ours_would_be_seen(site: Web, alice: Desk) -> None:
    """The twin."""
    run("ALTER TABLE interactions_session RENAME TO elsewhere")
    try:
        assert not is_clean(exchange(site.port, request(of(alice))))
    finally:
        run("ALTER TABLE elsewhere RENAME TO interactions_session")
    assert is_clean(exchange(site.port, request(of(alice)), quiet=PATIENCE))
