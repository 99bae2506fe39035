"""Guessing passwords: failures are counted per user name and per address, and only failures."""

import functools
import json
import re
from typing import Any

import pytest
from django.test import Client

from interactions import housekeeping, throttle
from interactions.models import LoginFailure
from tests import cast, tables
from tests.applications import Desk, Log, Reply
from tests.clock import let_pass
from tests.crowd import at_once
from tests.passwords import FewRounds

pytestmark = pytest.mark.django_db(transaction=True)

WINDOW = 300


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.LOGIN_FAILURES_PER_USER = 3
    settings.LOGIN_FAILURES_PER_USER_ANYWHERE = 5
    settings.LOGIN_FAILURES_PER_ADDRESS = 6


def knock(username: str, password: str = "wrong", address: str = "192.0.2.1") -> Reply:
    body = json.dumps({"username": username, "password": password})
    entrance = Desk(username, "")
    return entrance.send_raw(
        "POST", "sessions", data=body, content_type="application/json", REMOTE_ADDR=address
    )


def throttled(reply: Reply) -> int:
    """Its Retry-After."""
    reply.refused(429, "throttled")
    return int(reply.headers["Retry-After"])


def fail(username: str, times: int, **given: str) -> None:
    for _ in range(times):
        knock(username, **given).refused(401, "not_authenticated")


def test_a_name_that_failed_too_often_has_to_wait(alice: Desk, log: Log) -> None:
    fail("alice", 3)
    log.skip()
    before = tables.rows()

    wait = throttled(knock("alice", cast.PASSWORD))

    assert 0 < wait <= WINDOW
    assert tables.rows() == before
    assert log.new() == []
    knock("bob").refused(401, "not_authenticated")
    alice.get("parties").ok()  # who is in stays in


def test_who_guesses_keeps_nobody_out_who_comes_from_elsewhere(alice: Desk) -> None:
    """However long it goes on."""
    for _ in range(3):
        fail("alice", 3)
        throttled(knock("alice"))
        knock("alice", cast.PASSWORD, address="198.51.100.7").ok(201)
        let_pass(WINDOW)


def test_guesses_from_everywhere_are_counted_together(alice: Desk) -> None:
    """The twin: from so many addresses it is throttled, until they stop."""
    fail("alice", 2, address="192.0.2.1")
    fail("alice", 3, address="192.0.2.2")
    throttled(knock("alice", cast.PASSWORD, address="198.51.100.7"))
    knock("bob").refused(401, "not_authenticated")
    let_pass(WINDOW)
    knock("alice", cast.PASSWORD, address="198.51.100.7").ok(201)


def test_retry_after_is_true(alice: Desk) -> None:
    fail("alice", 1)
    let_pass(100)
    fail("alice", 2)
    wait = throttled(knock("alice", cast.PASSWORD))
    assert WINDOW - 130 < wait <= WINDOW - 100
    let_pass(wait - 30)
    assert throttled(knock("alice", cast.PASSWORD)) <= 30
    let_pass(30)
    knock("alice", cast.PASSWORD).ok(201)


def test_a_name_is_the_same_in_any_writing(alice: Desk) -> None:
    for written in ("alice", "ALICE", "\uff21lice"):
        fail(written, 1)
    throttled(knock("Alice"))


def test_an_address_that_failed_too_often_has_to_wait(alice: Desk, bob: Desk) -> None:
    for number in range(6):
        fail(f"guess-{number}", 1)
    throttled(knock("alice", cast.PASSWORD))
    knock("alice", cast.PASSWORD, address="198.51.100.7").ok(201)


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8::1", "2001:db8::2:3:4:5", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", False),  # a Unix socket has no address, and is not one
    ],
)
def test_what_an_address_is(alice: Desk, first: str, second: str, is_same: bool) -> None:
    for number in range(6):
        fail(f"guess-{number}", 1, address=first)
    assert knock("alice", cast.PASSWORD, address=second).status == (429 if is_same else 201)


def test_an_unknown_name_is_told_nothing_else(alice: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the answer, nor by its length, nor by what is hashed for it."""
    hashed: list[str] = []
    encode = FewRounds.encode

    def count(self: FewRounds, password: str, *how: Any) -> str:
        hashed.append(password)
        return encode(self, password, *how)

    monkeypatch.setattr(FewRounds, "encode", count)
    answers, costs = [], []
    for name in ("alice", "nobody"):
        hashed.clear()
        tried = [knock(name) for _ in range(4)]
        answers.append([reply.body for reply in tried])
        costs.append(len(hashed))
    assert answers[0] == answers[1]
    assert answers[0][3]["code"] == "throttled"
    assert costs == [3, 3]  # nothing is hashed for an attempt that is throttled


def test_right_passwords_are_never_counted(support: str) -> None:
    """A whole floor behind one address, at eight o'clock, and one who comes in again and again."""
    names = [f"agent-{number}" for number in range(20)]
    for name in names:
        cast.agent(name, cast.TEAM)
    comings = [functools.partial(knock, name, cast.PASSWORD) for name in names]
    assert [reply.status for reply in at_once(*comings)] == [201] * 20
    for _ in range(7):
        knock("agent-0", cast.PASSWORD).ok(201)
    assert not LoginFailure.objects.exists()


def test_attempts_at_once_are_counted_as_one_by_one(alice: Desk) -> None:
    statuses = [reply.status for reply in at_once(*[functools.partial(knock, "alice")] * 12)]
    assert sorted(statuses) == [401] * 3 + [429] * 9


def test_counted_only_afterwards_more_would_pass(alice: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: without the entry before the check, all who come at once are let through to it."""
    monkeypatch.setattr(throttle, "_ENTER", "SELECT 0 WHERE %(user)s::bytea IS NOT NULL")
    statuses = [reply.status for reply in at_once(*[functools.partial(knock, "alice")] * 12)]
    assert statuses == [401] * 12


def test_a_throttled_attempt_does_not_lengthen_the_wait(alice: Desk) -> None:
    fail("alice", 3)
    for _ in range(5):
        throttled(knock("alice"))
    assert LoginFailure.objects.count() == 3
    let_pass(WINDOW)
    knock("alice", cast.PASSWORD).ok(201)


def test_a_right_password_for_an_unknown_place_is_no_failure(alice: Desk) -> None:
    alice.post("sessions", username="alice", password=cast.PASSWORD, place="nowhere").refused(400, "invalid")
    assert not LoginFailure.objects.exists()


def test_the_admin_counts_with_the_api(root: Desk, client: Client) -> None:
    def enter(password: str) -> str:
        answer = client.post("/admin/login/", {"username": "root", "password": password}, follow=True)
        return answer.content.decode()

    assert "correct username and password" in enter("wrong")
    assert "correct username and password" in enter("wrong")
    fail("root", 1, address="127.0.0.1")

    assert re.search(r"Too many failed log-ins: wait \d+ seconds\.", enter(cast.PASSWORD))
    throttled(knock("root", cast.PASSWORD, address="127.0.0.1"))

    let_pass(WINDOW)
    assert "Dashboard" in enter(cast.PASSWORD)
    assert LoginFailure.objects.count() == 3


def test_what_is_kept_of_a_failure(alice: Desk) -> None:
    """No name: people type passwords where the name belongs."""
    knock("my secret password")
    assert "secret" not in str(tables.rows()["interactions_loginfailure"])
    let_pass(WINDOW - 60)
    assert housekeeping.purge() == 0
    let_pass(60)
    assert housekeeping.purge() == 1


def test_an_error_of_ours_leaves_the_attempt_counted(support: str) -> None:
    """It must not be a way around the count."""
    with pytest.raises(ZeroDivisionError), throttle.attempt("alice", ""):
        raise ZeroDivisionError
    assert LoginFailure.objects.count() == 1
