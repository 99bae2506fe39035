"""Races, with real threads: who comes first, and that there is one who does."""

import functools
from collections import Counter
from typing import Any

import psycopg
import pytest

from interactions.models import Agent, Interaction, Party
from interactions.sql import run
from interactions.statements import locks
from tests import cast
from tests.applications import Application, Desk, Log
from tests.audit import audit
from tests.crowd import another_connection, at_once, crowd, until_waiting
from tests.processes import until
from tests.racing import in_turn

pytestmark = pytest.mark.django_db(transaction=True)

PULL = "queues/email-support/pull"


def test_sixteen_threads_pull_a_thousand(support: str, log: Log) -> None:
    waiting = cast.fill(1000)
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
    assert Party.objects.filter(ended_at=None).count() == 1000
    events = log.new()
    assert Counter(event["event"] for event in events) == {
        "EventTakenFromQueue": 1000,
        "EventPartyAdded": 1000,
    }
    holders = dict(Party.objects.values_list("id", "agent__user__username"))
    assert all(holders[event["party"]] == event["agent"] for event in events)
    audit()


@pytest.mark.parametrize("first", ["pull", "log out"])
def test_pull_against_log_out(alice: Desk, log: Log, first: str) -> None:
    """No hold survives its agent's last session, whoever comes first."""
    [interaction] = cast.fill(1)
    log.skip()
    if first == "pull":
        pull, log_out = in_turn(lambda: alice.post(PULL), alice.log_out)
    else:
        log_out, pull = in_turn(alice.log_out, lambda: alice.post(PULL))

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
    found = in_turn(*[functools.partial(desk.post, PULL) for desk in windows])
    assert sorted(reply.status for reply in found) == [200, 409]
    next(reply for reply in found if reply.status == 409).refused(409, "capacity_reached")
    assert len(alice.parties()) == 1


def test_submits_and_pulls_for_the_last_places(alice: Desk, log: Log) -> None:
    """However many windows an agent has open, no more is held than the capacity allows."""
    cast.fill(4)
    Agent.objects.update(capacity=3)
    windows = [alice, *[cast.log_in("alice") for _ in range(5)]]
    acts = [functools.partial(desk.post, PULL) for desk in windows[:3]]
    acts += [functools.partial(desk.submit) for desk in windows[3:]]
    found = in_turn(*acts)
    assert Counter(reply.status // 100 for reply in found) == {2: 3, 4: 3}
    for reply in found:
        assert reply.status < 400 or reply.refused(409, "capacity_reached")
    assert len(alice.parties()) == 3
    audit()


def test_every_way_to_the_last_places(alice: Desk, log: Log) -> None:
    """By count and by ids out of a workbin, the next of any queue, and a submission, all for two places."""
    drafts = cast.drafts_of("alice")
    cast.fill(2)
    one, *_ = cast.fill(4, drafts)
    Agent.objects.update(capacity=2)
    desks = [alice, *[cast.log_in("alice") for _ in range(4)]]
    acts = [
        functools.partial(desks[0].post, PULL),
        functools.partial(desks[1].post, "pull-next"),
        functools.partial(desks[2].post, f"workbins/{drafts}/pull", count=1),
        functools.partial(desks[3].post, f"workbins/{drafts}/pull", interactions=[one]),
        functools.partial(desks[4].submit),
    ]
    found = in_turn(*acts)
    assert Counter(reply.status // 100 for reply in found) == {2: 2, 4: 3}
    for reply in found:
        assert reply.status < 400 or reply.refused(409, "capacity_reached")
    assert len(alice.parties()) == 2
    audit()


@pytest.mark.parametrize("first", ["submit", "log out"])
def test_submit_against_log_out(alice: Desk, log: Log, first: str) -> None:
    log.skip()
    if first == "submit":
        submit, log_out = in_turn(alice.submit, alice.log_out)
    else:
        log_out, submit = in_turn(alice.log_out, alice.submit)

    log_out.ok(204)
    if first == "submit":
        submit.ok(201)
        assert Interaction.objects.get().state == "queued"
    else:
        assert submit.refused(401, "not_authenticated")["reason"] == "ended"
        assert [event["event"] for event in log.new()] == ["EventAgentLogout"]
    assert not Party.objects.filter(ended_at=None).exists()
    audit()


@pytest.mark.parametrize(("queue", "late"), [(cast.SUPPORT, 200), ("sales", 409)])
def test_one_external_id_from_two_agents(alice: Desk, log: Log, queue: str, late: int) -> None:
    """One is new; the other is told of it, if its agent may see it."""
    cast.queue("sales", "sales-team")
    cast.agent("olaf", "sales-team", cast.TEAM if late == 200 else "sales-team")
    olaf = cast.log_in("olaf")
    for number in range(15):
        log.skip()
        given = {"external_id": str(number)}
        replies = at_once(lambda: alice.submit(**given), lambda: olaf.submit(queue=queue, **given))  # noqa: B023
        assert sorted(reply.status for reply in replies) == sorted([201, late])
        if late == 200:
            assert len({reply["interaction"]["party"]["id"] for reply in replies}) == 1
        else:
            next(reply for reply in replies if reply.status == 409).refused(409, "external_id_taken")
        assert [event["event"] for event in log.new()] == ["EventInteractionSubmitted", "EventPartyAdded"]
    audit()


def test_changes_at_once_lose_nothing(gateway: Application, log: Log) -> None:
    [interaction] = cast.fill(1)
    log.skip()
    keys = [f"key-{number}" for number in range(12)]
    acts = [functools.partial(gateway.change, interaction, user_data={key: 1}) for key in keys]
    for reply in at_once(*acts):
        reply.ok()
    assert gateway.look(interaction)["user_data"] == dict.fromkeys(keys, 1)
    assert sorted(event["attributes"]["added"] for event in log.new()) == sorted([key] for key in keys)


def test_one_external_id_for_two_interactions(gateway: Application, log: Log) -> None:
    """The late one waits for the first one's commit, and is refused."""
    for number in range(15):
        waiting = cast.fill(2)
        log.skip()
        wanted = {"external_id": str(number)}
        replies = at_once(*[functools.partial(gateway.change, id, **wanted) for id in waiting])
        assert sorted(reply.status for reply in replies) == [200, 409]
        next(reply for reply in replies if reply.status == 409).refused(409, "external_id_taken")
        assert [event["event"] for event in log.new()] == ["EventPropertiesChanged"]


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
        until(lambda: Party.objects.extra(where=["deadline_at <= clock_timestamp()"]).exists())
        other.commit()
        assert reply().refused(409, "not_held")["reason"] == "expired"
    assert [event["event"] for event in log.new()] == ["EventPartyRemoved", "EventRevoked"]


def hand_over(other: psycopg.Connection[Any], agent: str) -> None:
    """By hand, for a stop that waits: the hold becomes another agent's."""
    other.execute("SELECT FROM interactions_interaction FOR UPDATE")
    other.execute("UPDATE interactions_party SET ended_at = clock_timestamp(), end_reason = 'Revoked'")
    other.execute(
        """INSERT INTO interactions_party (interaction_id, agent_id, session_id, operation, joined_at,
               handling_timeout, last_reset_at, deadline_at)
           SELECT p.interaction_id, s.agent_id, s.id, 'Pull', now(), 600, now(), now() + interval '600 s'
           FROM interactions_party p, interactions_session s
           JOIN interactions_agent a ON a.id = s.agent_id JOIN auth_user u ON u.id = a.user_id
           WHERE u.username = %s""",
        [agent],
    )


def test_stop_that_waits_ends_the_hold_that_came_meanwhile(
    alice: Desk, bob: Desk, gateway: Application, log: Log
) -> None:
    [interaction] = cast.fill(1)
    alice.take()
    log.skip()
    with another_connection() as other, crowd() as people:
        hand_over(other, "bob")
        reply = people.start(lambda: gateway.stop(interaction))
        until_waiting()
        other.commit()
        assert reply().ok()["interaction"]["state"] == "stopped"
    removed, stopped = log.new()
    assert (removed["event"], removed["agent"], removed["reason"]) == ("EventPartyRemoved", "bob", "Stopped")
    assert (stopped["event"], stopped["actor"]["kind"]) == ("EventProcessingStopped", "service")
    assert bob.parties() == []


def test_the_twin_that_looks_once_leaves_it(
    alice: Desk, bob: Desk, gateway: Application, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    [interaction] = cast.fill(1)
    alice.take()
    log.skip()
    monkeypatch.setattr(locks, "lock_interactions", locks._lock)
    with another_connection() as other, crowd() as people:
        hand_over(other, "bob")
        reply = people.start(lambda: gateway.stop(interaction))
        until_waiting()
        other.commit()
        reply().ok()
    assert [event["event"] for event in log.new()] == ["EventProcessingStopped"]
    assert len(bob.parties()) == 1
