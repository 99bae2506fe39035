"""Races, with real threads: who comes first, and that there is one who does."""

import functools
import threading
from collections import Counter

import pytest

from interactions.models import Agent, Interaction, Party, Session
from interactions.sql import run
from interactions.tasks import revoke_due
from reporting.models import Event
from tests import cast
from tests.audit import audit
from tests.cast import Application, Desk, Json, Log, Reply
from tests.clock import make_overdue
from tests.crowd import another_connection, at_once, crowd, until_waiting
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

PULL = "queues/email-support/pull"
LOCK_AGENTS = "SELECT FROM interactions_agent FOR UPDATE"


def test_sixteen_threads_pull_two_thousand(support: str, log: Log) -> None:
    waiting = cast.fill(2000)
    names = [f"agent-{number}" for number in range(16)]
    for name in names:
        cast.agent(name, cast.TEAM)
    desks = [cast.log_in(name) for name in names]
    log.skip()

    def pull_all(desk: Desk) -> list[int]:
        found: list[int] = []
        while pulled := desk.pull(count=5):
            found += [one["id"] for one in pulled]
        return found

    shares = at_once(*[functools.partial(pull_all, desk) for desk in desks])

    assert sorted(id for share in shares for id in share) == waiting
    for share in shares:
        assert share == sorted(share)  # nobody was served out of order
    assert len([share for share in shares if share]) > 1
    assert Party.objects.filter(ended_at=None).count() == 2000
    events = log.new()
    assert Counter(event["event"] for event in events) == {
        "EventTakenFromQueue": 2000,
        "EventPartyAdded": 2000,
    }
    holders = dict(Party.objects.values_list("id", "agent__user__username"))
    assert all(holders[event["party"]] == event["agent"] for event in events)
    audit()


@pytest.mark.parametrize("first", ["pull", "log out"])
def test_pull_against_log_out(alice: Desk, log: Log, first: str) -> None:
    """No hold survives its agent's last session, whoever comes first."""
    [interaction] = cast.fill(1)
    log.skip()
    acts = {"pull": lambda: alice.post(PULL), "log out": alice.log_out}
    with another_connection() as other, crowd() as people:
        other.execute(LOCK_AGENTS)
        replies = {}
        for count, name in enumerate(sorted(acts, key=lambda name: name != first), start=1):
            replies[name] = people.start(acts[name])
            until_waiting(count)
        other.commit()
        pull, log_out = replies["pull"](), replies["log out"]()

    log_out.ok(204)
    if first == "pull":
        assert [one["id"] for one in pull.ok()["interactions"]] == [interaction]
    else:
        assert pull.refused(401, "not_authenticated")["reason"] == "ended"
    assert not Party.objects.filter(ended_at=None).exists()
    assert Interaction.objects.get().state == "queued"
    audit()


def test_pull_against_log_out_at_random(support: str) -> None:
    cast.agent("alice", cast.TEAM)
    cast.fill(20)
    for _ in range(15):
        alice = cast.log_in("alice")
        pull, log_out = at_once(lambda: alice.post(PULL, count=2), alice.log_out)  # noqa: B023
        assert (pull.status, log_out.status) in [(200, 204), (401, 204)]
        assert not Session.objects.filter(ended_at=None).exists()
        assert not Party.objects.filter(ended_at=None).exists()
    audit()


def test_two_pulls_for_one_place(alice: Desk, log: Log) -> None:
    """At capacity, two windows of one agent get one interaction between them."""
    cast.fill(2)
    Agent.objects.update(capacity=1)
    windows = [alice, cast.log_in("alice")]
    with another_connection() as other, crowd() as people:
        other.execute(LOCK_AGENTS)
        replies = [people.start(functools.partial(desk.post, PULL)) for desk in windows]
        until_waiting(2)
        other.commit()
        found = [reply() for reply in replies]
    assert sorted(reply.status for reply in found) == [200, 409]
    next(reply for reply in found if reply.status == 409).refused(409, "capacity_reached")
    assert len(alice.parties()) == 1


def test_stop_that_waits_until_the_deadline_is_late(alice: Desk, log: Log) -> None:
    cast.fill(1)
    party = alice.take()
    run("UPDATE interactions_party SET handling_timeout = 1")
    log.skip()
    with another_connection() as other, crowd() as people:
        other.execute("SELECT FROM interactions_interaction FOR UPDATE")
        run("UPDATE interactions_party SET deadline_at = clock_timestamp() + interval '0.3 s'")
        reply = people.start(lambda: alice.stop_held(party))
        until_waiting()  # its own reset gave it a second
        until(lambda: Party.objects.extra(where=["deadline_at <= clock_timestamp()"]).exists(), 3)
        other.commit()
        assert reply().refused(409, "not_held")["reason"] == "expired"
    assert [event["event"] for event in log.new()] == ["EventPartyRemoved", "EventRevoked"]


def test_stop_against_expiry_at_random(alice: Desk) -> None:
    """Each hold ends once: stopped in time, or expired and the late stop refused."""
    cast.fill(40)
    parties = [one["party"] for one in alice.pull(count=40)]
    stopping = threading.Event()

    def expire() -> list[Reply]:
        for party in parties[::2]:
            make_overdue(party["interaction"])
            revoke_due()
        stopping.set()
        return []

    def stop() -> list[Reply]:
        return [alice.stop_held(party) for party in parties]

    replies, _ = at_once(stop, expire)
    for party, reply in zip(parties, replies, strict=True):
        ends = list(Event.objects.filter(party=party["id"], event="EventPartyRemoved"))
        assert [end.reason for end in ends] == ["Stopped" if reply.status == 200 else "Expired"]
        if reply.status != 200:
            assert reply.refused(409, "not_held")["reason"] == "expired"
    assert {reply.status for reply in replies} >= {200}
    audit()


def test_place_against_revoke(alice: Desk, lena: Desk) -> None:
    cast.fill(20)
    for one in alice.pull(count=20):
        party: Json = one["party"]
        placed, revoked = at_once(
            lambda: alice.place_in_queue(party),  # noqa: B023
            lambda: lena.revoke(one["id"]),  # noqa: B023
        )
        [end] = Event.objects.filter(party=party["id"], event="EventPartyRemoved")
        if end.reason == "Placed":
            placed.ok()
            assert revoked.status == 200 or revoked.refused(409, "not_held")
        else:
            revoked.ok()
            assert placed.refused(409, "not_held")["reason"] == "revoked"
    audit()


def test_two_pulls_of_the_same_ids(alice: Desk, lena: Desk) -> None:
    """In opposite order: neither waits for the other forever, and one gets all."""
    drafts = cast.drafts_of("alice")
    for _ in range(15):
        wanted = cast.fill(6, drafts)
        one, other = at_once(
            lambda: alice.post(f"workbins/{drafts}/pull", interactions=wanted),  # noqa: B023
            lambda: lena.post(f"workbins/{drafts}/pull", interactions=wanted[::-1]),  # noqa: B023
        )
        assert sorted((one.status, other.status)) == [200, 409]
        late = one if one.status == 409 else other
        refused = late.refused(409, "not_available")["interactions"]
        assert [{"id": id, "why": "held"} for id in wanted] == refused
    audit()


def test_one_external_id_from_many(gateway: Application, log: Log) -> None:
    given = {"queue": cast.SUPPORT, "media_type": "email", "external_id": "<1@example.org>"}
    log.skip()
    replies = at_once(*[lambda: gateway.post("interactions", **given)] * 12)
    assert sorted(reply.status for reply in replies) == [200] * 11 + [201]
    assert len({reply["interaction"]["id"] for reply in replies}) == 1
    assert [event["event"] for event in log.new()] == ["EventInteractionSubmitted", "EventPlacedInQueue"]
