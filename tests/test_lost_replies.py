"""Retries with an Idempotency-Key when it matters: at once, after a lost connection, after a lost reply."""

import functools
import itertools
import random
from typing import Any

import pytest

from interactions import idempotency
from interactions.models import Agent, Party, StoredReply
from tests import cast
from tests.applications import SUPPORT, Application, Desk, Json, Log, Reply
from tests.audit import audit
from tests.crowd import another_connection, at_once, crowd, until_waiting
from tests.lines import settled
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PULL = f"queues/{SUPPORT}/pull"
LOCK_AGENT = "SELECT FROM interactions_agent FOR UPDATE"
LOCK_INTERACTION = "SELECT FROM interactions_interaction FOR UPDATE"
BAR_REPLIES = "LOCK TABLE interactions_storedreply IN SHARE MODE"  # they can be read, and not written
KILL_WHO_WAITS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


def content(reply: Reply) -> tuple[int, bytes]:
    return reply.status, reply.headers.content


def holds() -> int:
    return Party.objects.filter(ended_at=None).count()


# --- At the same time -----------------------------------------------------------------------------


@pytest.mark.parametrize("many", [2, 20])
def test_at_once(alice: Desk, gateway: Application, log: Log, many: int) -> None:
    cast.fill(2 * many)
    mail = {"queue": SUPPORT, "media_type": "email"}
    log.skip()
    pulls = at_once(*[lambda: alice.post_once("k-1", PULL, count=2)] * many)
    submissions = at_once(*[lambda: gateway.post_once("k-1", "interactions", **mail)] * many)
    assert len({content(reply) for reply in pulls}) == len({content(reply) for reply in submissions}) == 1
    assert (pulls[0].status, submissions[0].status) == (200, 201)
    assert [event["event"] for event in log.new()] == [
        "EventTakenFromQueue",
        "EventTakenFromQueue",
        "EventPartyAdded",
        "EventPartyAdded",
        "EventInteractionSubmitted",
        "EventPlacedInQueue",
    ]
    audit()


def test_everybody_twice(alice: Desk, bob: Desk, lena: Desk) -> None:
    """Overlapping pulls by ids and supervisors' stops, each sent twice at once: pairs of equal answers."""
    team = cast.workbin_of(cast.group(cast.TEAM), "agent_group")
    ids = cast.fill(24, team)
    dice = random.Random(7)
    acts = []
    for number in range(16):
        some = dice.sample(ids, 3)
        act: tuple[Desk, str, Json] = (alice, f"workbins/{team}/pull", {"interactions": some})
        if number % 4 == 1:
            act = (bob, f"workbins/{team}/pull", {"count": 2})
        elif number % 4 == 2:
            act = (lena, f"interactions/{some[0]}/stop-processing", {})
        acts += 2 * [(number, *act)]
    replies = at_once(
        *[functools.partial(desk.post_once, f"k-{number}", path, **body) for number, desk, path, body in acts]
    )
    assert {reply.status for reply in replies} <= {200, 409, 503}  # on a slow machine a lock may not come
    effects = [reply.status == 200 and reply.body.get("interactions") != [] for reply in replies]
    assert any(effects)
    pairs = zip(replies[::2], replies[1::2], effects[::2], effects[1::2], strict=True)
    for first, second, *both in pairs:
        assert content(first) == content(second) or not all(both)
    told = {content(reply) for reply, has_effect in zip(replies, effects, strict=True) if has_effect}
    assert StoredReply.objects.count() == len(told)
    audit()


def two_at_once(desk: Desk) -> list[Reply]:
    """Both have arrived before either has an effect."""
    with another_connection() as other, crowd() as people:
        other.execute(LOCK_AGENT)
        asked = [people.start(lambda: desk.post_once("k-1", PULL)) for _ in range(2)]
        until_waiting(2)
        other.commit()
        return [wait() for wait in asked]


def test_the_second_waits_for_the_first(alice: Desk) -> None:
    cast.fill(2)
    first, second = two_at_once(alice)
    assert content(first) == content(second)
    assert (first.status, holds()) == (200, 1)


def test_nobody_waits_without_the_lock(alice: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: each has a lock to itself, and both have looked before either has stored its answer."""
    cast.fill(2)
    numbers = itertools.count()
    monkeypatch.setattr(idempotency, "_lock_number", lambda *_: next(numbers))
    first, second = two_at_once(alice)
    assert content(first) != content(second)
    assert holds() == 2


def test_other_keys_do_not_wait(alice: Desk, bob: Desk) -> None:
    cast.fill(2)
    with another_connection() as other, crowd() as people:
        alices = Agent.objects.get(user__username="alice").pk
        other.execute("SELECT FROM interactions_agent WHERE id = %s FOR NO KEY UPDATE", [alices])
        waits = people.start(lambda: alice.post_once("k-1", PULL))
        until_waiting()
        bob.post_once("k-1", PULL).ok()
        alice.post_once("k-2", "keep-alive").ok()
        other.commit()
        waits().ok()


def test_one_that_gives_up_lets_the_next_go_on(alice: Desk, log: Log) -> None:
    """The first is refused its last lock after two seconds; who waited for it is the first then."""
    cast.fill(2)
    log.skip()
    with another_connection() as other, crowd(options="") as people:
        other.execute(BAR_REPLIES)
        asked = [people.start(lambda: alice.post_once("k-1", PULL)) for _ in range(2)]
        for wait in asked:
            assert wait().refused(503, "unavailable")["retry_after"] == 1
    assert log.new() == []
    assert holds() == 0
    alice.post_once("k-1", PULL).ok()
    assert holds() == 1


def test_those_who_wait_keep_no_reader_waiting(alice: Desk, log: Log) -> None:
    """They have no transaction number yet, and only those who have one could write events."""
    with another_connection() as other, crowd() as people:
        other.execute(LOCK_AGENT)
        asked = [people.start(lambda: alice.post_once("k-1", PULL)) for _ in range(2)]
        until_waiting(2)
        waiter = "SELECT backend_xid FROM pg_stat_activity WHERE wait_event = 'advisory'"
        assert other.execute(waiter).fetchall() == [(None,)]
        other.commit()
        for wait in asked:
            wait().ok()


# --- Lost on the way to the database --------------------------------------------------------------


def test_a_deadlock_runs_the_whole_again(alice: Desk, gateway: Application, log: Log) -> None:
    [interaction] = cast.fill(1)
    alice.take()
    log.skip()
    stop = f"interactions/{interaction}/stop-processing"
    with another_connection() as other, crowd() as people:
        other.execute("SET LOCAL deadlock_timeout = '20s'")  # so that it is ours that is ended
        other.execute("SELECT FROM interactions_party FOR UPDATE")
        stopping = people.start(lambda: gateway.post_once("k-1", stop))
        until_waiting()
        other.execute(LOCK_INTERACTION)
        other.commit()
        first = stopping()
    assert first.ok()["interaction"]["state"] == "stopped"
    assert content(gateway.post_once("k-1", stop)) == content(first)
    assert [event["event"] for event in log.new()] == ["EventPartyRemoved", "EventProcessingStopped"]


@pytest.mark.parametrize("statement", [LOCK_AGENT, BAR_REPLIES], ids=["before the effect", "after it"])
def test_a_connection_that_dies_before_the_commit(alice: Desk, log: Log, statement: str) -> None:
    """The transaction is undone and run again; a retry of the application's own finds its answer."""
    cast.fill(2)
    log.skip()
    with another_connection() as other, crowd() as people:
        other.execute(statement)
        pulling = people.start(lambda: alice.post_once("k-1", PULL))
        until_waiting()
        assert other.execute(KILL_WHO_WAITS).rowcount == 1
        other.commit()
        first = pulling()
    assert first.status == 200
    assert content(alice.post_once("k-1", PULL)) == content(first)
    assert [event["event"] for event in log.new()] == ["EventTakenFromQueue", "EventPartyAdded"]
    assert StoredReply.objects.count() == holds() == 1
    audit()


def test_a_pull_by_ids_lets_go_of_what_it_cannot_have(alice: Desk) -> None:
    """It tries for what is free, then waits in the order of ids: what it tried for must not stay locked."""
    drafts = cast.drafts_of("alice")
    low, high = cast.fill(2, drafts)
    with another_connection() as other, crowd() as people:
        other.execute("SELECT FROM interactions_interaction WHERE id = %s FOR UPDATE", [low])
        pulling = people.start(
            lambda: alice.post_once("k-1", f"workbins/{drafts}/pull", interactions=[high, low])
        )
        until_waiting()
        free = "SELECT FROM interactions_interaction WHERE id = %s FOR UPDATE SKIP LOCKED"
        assert other.execute(free, [high]).rowcount == 1
        other.commit()
        assert [one["id"] for one in pulling().ok()["interactions"]] == [low, high]


# --- Lost on the way back -------------------------------------------------------------------------


def pull_and_leave(served: Web, headers: dict[str, Any]) -> int:
    """The pull is committed when the application hangs up. Returns what it has and does not know of."""
    served.post_and_leave(PULL, {}, headers, when=lambda: holds() == 1)
    return Party.objects.get().interaction_id


def test_a_lost_reply_is_asked_for_again(site: Web, alice: Desk) -> None:
    cast.fill(2)
    unknown = pull_and_leave(site, {"Authorization": f"Bearer {alice.token}", "Idempotency-Key": "k-1"})
    again = site.desk(alice)
    found = again.post_once("k-1", PULL).ok()
    assert [one["id"] for one in found["interactions"]] == [unknown]
    assert again.post_once("k-1", PULL).ok() == found
    assert [party["interaction"] for party in alice.parties()] == [unknown]
    audit()


def test_a_lost_reply_without_a_key(site: Web, alice: Desk) -> None:
    """The twin: the application gets the next one, and holds one that it knows nothing of."""
    cast.fill(2)
    unknown = pull_and_leave(site, {"Authorization": f"Bearer {alice.token}"})
    [other] = site.desk(alice).post(PULL).ok()["interactions"]
    assert other["id"] != unknown
    assert len(alice.parties()) == 2


def test_a_lost_reply_of_one_who_waited(site: Web, alice: Desk) -> None:
    """What it got nothing for is not kept, so the key gives what came in the end, and that again."""
    waits = site.desk(alice)
    with crowd() as people:
        pull = people.start(lambda: waits.post_once("k-1", PULL, wait_seconds=20))
        settled()
        [one] = cast.fill(1)
        first = pull().ok()
    assert [each["id"] for each in first["interactions"]] == [one]
    cast.fill(1)
    assert waits.post_once("k-1", PULL, wait_seconds=20).ok() == first
