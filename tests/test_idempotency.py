"""The same POST under the same Idempotency-Key: one answer, one effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from interactions.models import Agent, StoredReply
from interactions.sql import run
from interactions.tasks import revoke_due
from tests import cast, tables
from tests.applications import SUPPORT, Application, Desk, Json, Log, Reply
from tests.audit import audit
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

PULL = f"queues/{SUPPORT}/pull"
TAKEN = ["EventTakenFromQueue", "EventPartyAdded"]
TAKEN_FROM_WORKBIN = ["EventTakenFromQueue", "EventTakenFromWorkbin", "EventPartyAdded"]
PLACED_IN_WORKBIN = ["EventPlacedInQueue", "EventPlacedInWorkbin"]


@dataclass
class Stage:
    """Three wait in the queue and three in alice's drafts; alice holds `party`."""

    alice: Desk
    lena: Desk
    root: Desk
    gateway: Application
    drafts: int
    noted: list[int]
    party: Json

    @property
    def held(self) -> str:
        return f"interactions/{self.party['interaction']}"


@pytest.fixture
def stage(alice: Desk, lena: Desk, root: Desk, gateway: Application, log: Log) -> Stage:
    drafts = cast.drafts_of("alice")
    cast.fill(4)
    staged = Stage(alice, lena, root, gateway, drafts, cast.fill(3, drafts), alice.take())
    log.skip()
    return staged


@dataclass
class Case:
    """Somebody's POST to a route, and the events of its one effect."""

    route: str
    who: str
    ask: Callable[[Stage], tuple[str, Json]]
    events: list[str]

    def __str__(self) -> str:
        return f"{self.route} by {self.who}"


def on_held(verb: str, **body: Any) -> Callable[[Stage], tuple[str, Json]]:
    return lambda stage: (f"{stage.held}/{verb}", body)


def as_party(verb: str, **body: Any) -> Callable[[Stage], tuple[str, Json]]:
    return lambda stage: (f"{stage.held}/{verb}", {"party": stage.party["id"], **body})


def into_drafts(stage: Stage) -> tuple[str, Json]:
    return f"{stage.held}/place-in-workbin", {"party": stage.party["id"], "workbin": stage.drafts}


def from_drafts(**body: Any) -> Callable[[Stage], tuple[str, Json]]:
    return lambda stage: (f"workbins/{stage.drafts}/pull", body or {"interactions": stage.noted[:2]})


MAIL = {"queue": SUPPORT, "media_type": "email"}
OF_ONE = "interactions/<id:interaction>/"
ENDED = ["EventPartyRemoved"]
REVOKED = ["EventPartyRemoved", "EventRevoked"]
STOPPED = ["EventPartyRemoved", "EventProcessingStopped"]
SUBMITTED = ["EventInteractionSubmitted", "EventPlacedInQueue"]

CASES = [
    Case("keep-alive", "alice", lambda _: ("keep-alive", {}), []),
    Case("queues/<queue:name>/pull", "alice", lambda _: (PULL, {"count": 2}), 2 * TAKEN),
    Case("queues/<queue:name>/pull", "root", lambda _: (PULL, {}), TAKEN),
    Case("pull-next", "alice", lambda _: ("pull-next", {}), TAKEN),
    Case("workbins/<id:workbin>/pull", "alice", from_drafts(count=1), TAKEN_FROM_WORKBIN),
    Case("workbins/<id:workbin>/pull", "alice", from_drafts(), 2 * TAKEN_FROM_WORKBIN),
    Case("interactions", "gateway", lambda _: ("interactions", MAIL), SUBMITTED),
    Case("interactions", "gateway", lambda _: ("interactions", MAIL | {"external_id": "<1>"}), SUBMITTED),
    Case(OF_ONE + "place-in-queue", "alice", as_party("place-in-queue"), [*ENDED, "EventPlacedInQueue"]),
    Case(OF_ONE + "place-in-queue", "root", on_held("place-in-queue"), [*ENDED, "EventPlacedInQueue"]),
    Case(OF_ONE + "place-in-workbin", "alice", into_drafts, [*ENDED, *PLACED_IN_WORKBIN]),
    Case(OF_ONE + "stop-processing", "alice", as_party("stop-processing", reason="done"), STOPPED),
    Case(OF_ONE + "stop-processing", "gateway", on_held("stop-processing"), STOPPED),
    Case(OF_ONE + "stop-processing", "lena", on_held("stop-processing"), STOPPED),
    Case(OF_ONE + "revoke", "lena", on_held("revoke", reason="lunch"), REVOKED),
    Case(OF_ONE + "revoke", "root", on_held("revoke"), REVOKED),
]


def posts(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= posts(pattern.url_patterns, path)
        elif path.startswith("api/v1/") and hasattr(getattr(pattern.callback, "cls", None), "post"):
            found.add(path.removeprefix("api/v1/"))
    return found


def test_every_post_has_its_case() -> None:
    assert {case.route for case in CASES} == posts(get_resolver().url_patterns) - {"sessions"}


def content(reply: Reply) -> tuple[int, bytes]:
    return reply.status, reply.headers.content


def names(log: Log) -> list[str]:
    return [event["event"] for event in log.new()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_answer_is_given_again_and_nothing_more_is_done(case: Case, stage: Stage, log: Log) -> None:
    sender: Application = getattr(stage, case.who)
    path, body = case.ask(stage)
    first = sender.post_once("k-1", path, **body)
    assert first.status in (200, 201), first.body
    assert sorted(names(log)) == sorted(case.events)
    before = tables.rows("interactions_party", "interactions_session")  # which the reset moves
    again = sender.post_once("k-1", path, **body)
    assert content(again) == content(first)
    assert again.headers["Content-Type"] == first.headers["Content-Type"] == "application/json"
    assert tables.rows("interactions_party", "interactions_session") == before
    assert names(log) == []
    audit()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_without_a_key_it_is_another_request(case: Case, stage: Stage) -> None:
    """The twin: another effect, or a refusal that leaves the sender in doubt."""
    sender: Application = getattr(stage, case.who)
    path, body = case.ask(stage)
    first = sender.post(path, **body)
    assert content(sender.post(path, **body)) != content(first)
    assert not StoredReply.objects.exists()


def pulled(reply: Reply) -> list[int]:
    return [one["id"] for one in reply.ok()["interactions"]]


def test_a_pull_answers_the_same_when_the_hold_is_over(alice: Desk, bob: Desk, log: Log) -> None:
    [interaction] = cast.fill(1)
    first = alice.post_once("k-1", PULL)
    make_overdue(interaction)
    revoke_due()
    bob.take()
    log.skip()
    assert content(alice.post_once("k-1", PULL)) == content(first)
    assert log.new() == []
    assert alice.parties() == []
    assert [held["interaction"] for held in bob.parties()] == [interaction]


def test_the_same_request_may_be_written_otherwise(alice: Desk) -> None:
    cast.fill(2)
    first = alice.post_once("k-1", PULL, count=1, media_types=["email"])
    assert content(alice.post_once("k-1", PULL, media_types=["email"], count=1)) == content(first)


@pytest.mark.parametrize(
    ("path", "body"),
    [(PULL, {"count": 2}), (PULL, {"count": 1, "media_types": ["email"]}), ("keep-alive", {"count": 1})],
    ids=["another value", "another member", "another path"],
)
def test_another_request(alice: Desk, log: Log, path: str, body: Json) -> None:
    cast.fill(3)
    first = alice.post_once("k-1", PULL, count=1)
    log.skip()
    refused = alice.post_once("k-1", path, **body).refused(409, "idempotency_mismatch")
    assert "new key" in refused["detail"]
    assert log.new() == []
    assert content(alice.post_once("k-1", PULL, count=1)) == content(first)


def test_replays_and_mismatches_reset(alice: Desk) -> None:
    cast.fill(1)
    alice.post_once("k-1", PULL).ok()
    for body, status in (({}, 200), ({"count": 2}, 409)):
        let_pass(500)
        assert alice.post_once("k-1", PULL, **body).status == status
    let_pass(500)
    assert len(alice.parties()) == 1  # of 600 seconds


def test_a_key_is_its_agents_and_its_services(alice: Desk, bob: Desk, gateway: Application, log: Log) -> None:
    one, other = cast.fill(2)
    assert pulled(alice.post_once("k-1", PULL)) == [one]
    assert pulled(bob.post_once("k-1", PULL)) == [other]
    gateway.post_once("k-1", "interactions", **MAIL).ok(201)
    cast.service("another-gateway", cast.Role.MEDIA_SERVER).post_once("k-1", "interactions", **MAIL).ok(201)
    assert StoredReply.objects.filter(key="k-1").count() == 4


def test_all_sessions_of_an_agent_share_it(alice: Desk) -> None:
    cast.fill(2)
    first = alice.post_once("k-1", PULL)
    second_desk = cast.log_in("alice")
    alice.log_out().ok(204)
    assert content(second_desk.post_once("k-1", PULL)) == content(first)


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "with space", "caf\xe9", "tab\t", "nul\0", "del\x7f"])
def test_what_is_no_key(alice: Desk, key: str) -> None:
    cast.fill(1)
    refused = alice.post_once(key, PULL).refused(400, "invalid")
    assert list(refused["errors"]) == ["Idempotency-Key"]
    assert alice.parties() == []


@pytest.mark.parametrize("key", ["0", "x" * 255, "".join(map(chr, range(0x21, 0x7F)))])
def test_what_is_one(alice: Desk, key: str) -> None:
    cast.fill(2)
    first = alice.post_once(key, PULL)
    assert content(alice.post_once(key, PULL)) == content(first)


def test_log_in_and_methods_without_effect_take_no_notice(alice: Desk) -> None:
    entered = [
        alice.post_once("not a key", "sessions", username="alice", password=cast.PASSWORD).ok(201)["token"]
        for _ in range(2)
    ]
    assert entered[0] != entered[1]
    alice.send_raw("GET", "parties", headers={"Idempotency-Key": "not a key"}).ok()
    alice.post_once("k-1", "parties").refused(405, "method_not_allowed")
    assert not StoredReply.objects.exists()


@pytest.mark.parametrize(("hours", "again"), [(23, True), (24, False)])
def test_it_is_known_for_a_day(alice: Desk, hours: int, again: bool) -> None:
    """Whether or not it has been purged."""
    cast.fill(3)
    first = pulled(alice.post_once("k-1", PULL))
    run(f"UPDATE interactions_storedreply SET at = at - interval '{hours} hours'")
    second = pulled(alice.post_once("k-1", PULL))
    assert (second == first) is again
    assert pulled(alice.post_once("k-1", PULL)) == second
    assert StoredReply.objects.count() == 1


def test_a_refusal_is_not_kept(alice: Desk) -> None:
    """Its key is free, for another request too."""
    cast.fill(2)
    Agent.objects.update(capacity=0)
    alice.post_once("k-1", PULL, count=2).refused(409, "capacity_reached")
    assert not StoredReply.objects.exists()
    Agent.objects.update(capacity=2)
    assert len(pulled(alice.post_once("k-1", PULL, count=1))) == 1


def test_a_pull_that_got_nothing_is_not_kept(alice: Desk) -> None:
    assert pulled(alice.post_once("k-1", PULL)) == []
    assert not StoredReply.objects.exists()
    assert cast.fill(1) == pulled(alice.post_once("k-1", PULL))


def test_an_overdue_hold_that_a_refusal_names_is_ended_all_the_same(alice: Desk, log: Log) -> None:
    cast.fill(1)
    party = alice.take()
    path = f"interactions/{party['interaction']}/stop-processing"
    make_overdue(party["interaction"])
    log.skip()
    for _ in range(2):
        refused = alice.post_once("k-1", path, party=party["id"]).refused(409, "not_held")
        assert refused["reason"] == "expired"
    assert names(log) == REVOKED
    audit()


def test_a_body_that_is_too_deep_or_none(alice: Desk) -> None:
    for text, field in (("[" * 300 + "]" * 300, "body"), ("{", None)):
        refused = alice.send_raw(
            "POST",
            PULL,
            data=text,
            content_type="application/json",
            headers={"Idempotency-Key": "k-1"},
        ).refused(400, "invalid")
        assert list(refused.get("errors", [None])) == [field]
