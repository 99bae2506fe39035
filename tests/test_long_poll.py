"""Pulls that wait: who is woken, by what, and who is left alone."""

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Max
from django.test import Client

from interactions.models import Agent, Interaction, Party, Queue
from interactions.sql import fetch_one
from tests import cast, lines
from tests.admin.stage import run_action
from tests.applications import API, SUPPORT, Application, Desk, Log
from tests.audit import audit
from tests.clock import let_pass
from tests.crowd import crowd
from tests.lines import settled
from tests.processes import until
from tests.web import Web, web
from tests.workers import CLOSED

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 20


@pytest.fixture(autouse=True)
def nobody_in_line() -> None:
    lines.forget()


def waiting_pull(desk: Desk, seconds: int = LONG, **given: Any) -> Callable[[], list[dict[str, Any]]]:
    return lambda: desk.pull(wait_seconds=seconds, **given)


def held_by() -> dict[int, int]:
    return dict(Party.objects.filter(ended_at=None).values_list("interaction", "agent"))


def test_a_submission(site: Web, alice: Desk, gateway: Application, log: Log) -> None:
    waits = site.desk(alice)
    log.skip()
    with crowd() as people:
        pull = people.start(waiting_pull(waits))
        settled()
        submitted = gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
        [pulled] = pull()
    assert pulled["id"] == submitted["interaction"]["id"]
    assert pulled["party"]["agent"] == "alice"
    assert log.brief() == [
        "EventInteractionSubmitted Submit by service @email-support",
        "EventPlacedInQueue Submit by service @email-support",
        "EventTakenFromQueue Pull by agent @email-support",
        "EventPartyAdded Pull by agent @email-support",
    ]
    audit()


def test_a_placement(site: Web, alice: Desk, bob: Desk) -> None:
    cast.fill(1)
    party = bob.take()
    with crowd() as people:
        pull = people.start(waiting_pull(site.desk(alice)))
        settled()
        bob.place_in_queue(party).ok()
        [pulled] = pull()
    assert pulled["id"] == party["interaction"]


def test_a_revocation(site: Web, alice: Desk, bob: Desk, lena: Desk) -> None:
    cast.fill(1)
    party = bob.take()
    with crowd() as people:
        pull = people.start(waiting_pull(site.desk(alice)))
        settled()
        lena.revoke(party["interaction"]).ok()
        [pulled] = pull()
    assert pulled["id"] == party["interaction"]


def test_nothing_comes(site: Web, alice: Desk) -> None:
    """The empty list is as fresh as any answer."""
    begun = time.monotonic()
    waits = site.desk(alice)
    first = waits.post(f"queues/{SUPPORT}/pull").ok()
    last = waits.post(f"queues/{SUPPORT}/pull", wait_seconds=1).ok()
    assert last["interactions"] == first["interactions"] == []
    assert last["server_time"] > first["server_time"]
    assert time.monotonic() - begun > 1


def test_what_waits_already_is_given_at_once(site: Web, alice: Desk) -> None:
    [one] = cast.fill(1)
    [pulled] = site.desk(alice).pull(wait_seconds=LONG, count=3)
    assert pulled["id"] == one


def test_only_the_media_asked_for(site: Web, alice: Desk, bob: Desk, gateway: Application) -> None:
    """A chat wakes who waits for chats, though the other came first."""
    cast.media_type("chat")
    with crowd() as people:
        mail = people.start(waiting_pull(site.desk(alice), media_types=["email"]))
        settled()
        chat = people.start(waiting_pull(site.desk(bob), media_types=["chat", "email"]))
        settled(2)
        gateway.post("interactions", queue=SUPPORT, media_type="chat").ok(201)
        assert [each["media_type"] for each in chat()] == ["chat"]
        gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
        assert [each["media_type"] for each in mail()] == ["email"]


def test_each_interaction_to_one(site: Web, gateway: Application) -> None:
    """Twelve wait and twelve come, one by one: each gets one, the first first."""
    desks = site.desks(12)
    ids = []
    with crowd() as people:
        pulls = []
        for number, desk in enumerate(desks, 1):
            pulls.append(people.start(waiting_pull(desk)))
            settled(number)
        for _ in desks:
            answer = gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
            ids.append(answer["interaction"]["id"])
        pulled = [[each["id"] for each in pull()] for pull in pulls]
    assert sorted(pulled) == [[id] for id in sorted(ids)]
    assert len(held_by()) == 12
    audit()


def test_the_first_comes_first(site: Web, alice: Desk, bob: Desk, gateway: Application) -> None:
    with crowd() as people:
        first = people.start(waiting_pull(site.desk(bob)))
        settled()
        second = people.start(waiting_pull(site.desk(alice)))
        settled(2)
        for pull in (first, second):
            submitted = gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
            assert [each["id"] for each in pull()] == [submitted["interaction"]["id"]]


def test_a_client_that_hung_up(site: Web, alice: Desk, bob: Desk, gateway: Application) -> None:
    """It is noticed before the claim, and what came goes to the next in line."""
    body = b'{"wait_seconds": 20}'
    with socket.create_connection(("127.0.0.1", site.port)) as gone:
        head = [
            f"POST {API}queues/{SUPPORT}/pull HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {alice.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        gone.sendall("\r\n".join([*head, "", ""]).encode() + body)
        settled()
    settled(0)
    gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
    time.sleep(0.3)  # for what should not happen
    assert held_by() == {}
    assert len(site.desk(bob).pull(wait_seconds=LONG)) == 1
    assert [Agent.objects.get(user__username="bob").pk] == list(held_by().values())


def test_one_reset_on_arrival(site: Web, alice: Desk, gateway: Application) -> None:
    """However often the request is asked again."""
    cast.media_type("chat")
    cast.fill(1)
    party = alice.take()
    let_pass(5)

    def last_reset() -> Any:
        return Party.objects.filter(pk=party["id"]).aggregate(at=Max("last_reset_at"))["at"]

    before = last_reset()
    with crowd() as people:
        pull = people.start(waiting_pull(site.desk(alice), 2, media_types=["chat"]))
        settled()
        arrived = last_reset()
        assert arrived > before
        Queue.objects.get(name=SUPPORT).save()  # news of the queue: they are asked again
        assert pull() == []
    assert last_reset() == arrived


def test_the_queue_is_paused(site: Web, alice: Desk) -> None:
    with crowd() as people:
        pull = people.start(lambda: site.desk(alice).post(f"queues/{SUPPORT}/pull", wait_seconds=LONG))
        settled()
        queue = Queue.objects.get(name=SUPPORT)
        queue.is_paused = True
        queue.save()
        pull().refused(409, "queue_paused")


def test_an_operator_pauses_it(site: Web, alice: Desk, client: Client) -> None:
    """In the list of queues, as one of many."""
    client.force_login(User.objects.create_superuser("olga"))
    with crowd() as people:
        pull = people.start(lambda: site.desk(alice).post(f"queues/{SUPPORT}/pull", wait_seconds=LONG))
        settled()
        run_action(client, "queue", "pause", [Queue.objects.get(name=SUPPORT).pk])
        pull().refused(409, "queue_paused")


def test_the_session_ends(site: Web, alice: Desk) -> None:
    with crowd() as people:
        pull = people.start(lambda: site.desk(alice).post(f"queues/{SUPPORT}/pull", wait_seconds=LONG))
        settled()
        alice.log_out().ok(204)
        assert pull().refused(401, "not_authenticated")["reason"] == "ended"


def test_the_right_is_withdrawn(site: Web, alice: Desk, gateway: Application) -> None:
    with crowd() as people:
        pull = people.start(lambda: site.desk(alice).post(f"queues/{SUPPORT}/pull", wait_seconds=LONG))
        settled()
        Agent.objects.get(user__username="alice").groups.clear()
        gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
        pull().refused(404, "not_found")
    assert held_by() == {}


def test_who_is_refused_hands_the_work_on(site: Web, alice: Desk, bob: Desk, gateway: Application) -> None:
    """alice waits first, but is full when it comes."""
    Agent.objects.filter(user__username="alice").update(capacity=1)
    cast.queue("other", cast.TEAM)
    with crowd() as people:
        full = people.start(lambda: site.desk(alice).post(f"queues/{SUPPORT}/pull", wait_seconds=LONG))
        settled()
        next_one = people.start(waiting_pull(site.desk(bob)))
        settled(2)
        cast.fill(1, "other")
        alice.take("other")
        gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
        full().refused(409, "capacity_reached")
        assert len(next_one()) == 1


def test_who_is_answered_again_hands_the_work_on(
    site: Web, alice: Desk, bob: Desk, gateway: Application
) -> None:
    """Two requests under one key get one interaction: the other is bob's. (That it is handed on at once, and
    not found in the database: test_room.)"""

    def keyed(desk: Desk) -> Callable[[], Any]:
        body = {"wait_seconds": LONG}
        return lambda: desk.post_once("again", f"queues/{SUPPORT}/pull", **body).ok()["interactions"]

    with crowd() as people:
        twice = [people.start(keyed(site.desk(alice))) for _ in range(2)]
        settled(2)
        third = people.start(waiting_pull(site.desk(bob)))
        settled(3)
        gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
        gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
        first, again = (answer() for answer in twice)
        assert first == again
        assert len(third()) == 1
    assert len(held_by()) == 2
    audit()


def test_a_queue_to_pull_from_is_new(site: Web, alice: Desk, gateway: Application) -> None:
    """To who pulls the next and waits already: it was renamed, or the agent has joined its group."""
    for change in ("renamed", "joined"):
        with crowd() as people:
            pull = people.start(
                lambda: site.desk(alice).post("pull-next", wait_seconds=LONG).ok()["interactions"]
            )
            settled()
            if change == "renamed":
                queue = Queue.objects.get(name=SUPPORT)
                queue.name = change
                queue.save()
            else:
                queue = cast.queue(change, "joined-team")
                Agent.objects.get(user__username="alice").groups.add(*queue.agent_groups.all())
            settled(queue=change)
            gateway.post("interactions", queue=change, media_type="email").ok(201)
            [pulled] = pull()
            assert pulled["queue"] == change


_AT_WORK = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"


def test_a_hundred_wait_without_connections(site: Web, alice: Desk, gateway: Application) -> None:
    """Sixteen at once. Nor do they keep others waiting, and all get what comes."""
    desks = site.desks(4) * 25
    with crowd() as people:
        pulls = [people.start(waiting_pull(desk)) for desk in desks]
        settled(16)  # of a crowd; the others follow them
        until(lambda: fetch_one(_AT_WORK) == (1,), what="all but ourselves to do nothing")
        assert site.desk(alice).keep_alive().ok()["parties"] == []
        for _ in range(100):
            gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
        pulled = [each["id"] for pull in pulls for each in pull()]
    assert len(set(pulled)) == len(pulled) == 100


def test_without_redis(alice: Desk, gateway: Application) -> None:
    """The database tells them, a little later."""
    with web(REDIS_URL=CLOSED) as deaf, crowd() as people:
        pull = people.start(waiting_pull(deaf.desk(alice)))
        time.sleep(0.4)  # it stands in no line
        gateway.post("interactions", queue=SUPPORT, media_type="email").ok(201)
        assert len(pull()) == 1


def test_the_server_stops(alice: Desk) -> None:
    """Those who wait get what there is, at once."""
    begun = time.monotonic()
    with crowd() as people, web() as site:
        pull = people.start(waiting_pull(site.desk(alice)))
        settled()
        assert site.stop() == 0
        assert pull() == []
    assert time.monotonic() - begun < LONG


def test_waits_are_bounded(alice: Desk) -> None:
    for wrong in (-1, 31, 1.5, "1", True, None):
        problem = alice.post(f"queues/{SUPPORT}/pull", wait_seconds=wrong).refused(400, "invalid")
        assert list(problem["errors"]) == ["wait_seconds"]
    assert not Interaction.objects.exists()
