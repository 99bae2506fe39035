"""Races, with real threads: who comes first, and that there is one who does."""

import functools
from collections import Counter

import pytest

from interactions.models import Agent, Interaction, Party
from interactions.sql import run
from tests import cast
from tests.applications import Desk, Log
from tests.audit import audit
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
