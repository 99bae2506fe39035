"""Everybody does everything at once, for a while: then the log must explain the state."""

import random
import threading
import time

import pytest
from django.db import connection

from interactions import lifecycle, sessions
from interactions.models import Agent, AgentMessage, Interaction, Queue
from interactions.signals import TIMER
from interactions.tasks import revoke_due
from reporting.models import Event
from tests import cast
from tests.applications import Application, Desk, Json, Log, Reply
from tests.audit import audit
from tests.crowd import PATIENCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)

ACTS = 60  # of each, however long a busy machine takes for them; some four seconds on an idle one


class Worker:
    """An agent with a will of its own."""

    def __init__(self, desk: Desk, seed: int, workbin: int) -> None:
        self.desk, self.dice, self.workbin = desk, random.Random(seed), workbin
        self.held: list[Json] = []
        self.replies: list[Reply] = []

    def work(self) -> None:
        give_up_at = time.monotonic() + PATIENCE / 2
        acts = [self.pull, self.pull_workbin, self.pull_ids, self.finish, self.finish, self.away, self.revoke]
        for _ in range(ACTS):
            if time.monotonic() < give_up_at:
                self.dice.choice(acts)()

    def tell(self, reply: Reply) -> Reply:
        self.replies.append(reply)
        return reply

    def got(self, reply: Reply) -> None:
        if self.tell(reply).status == 200:
            self.held += [one["party"] for one in reply["interactions"]]

    def pull(self) -> None:
        self.got(self.desk.post("queues/email-support/pull", count=self.dice.randint(1, 4)))

    def pull_workbin(self) -> None:
        self.got(self.desk.post(f"workbins/{self.workbin}/pull", count=3))

    def pull_ids(self) -> None:
        content = self.tell(self.desk.get(f"workbins/{self.workbin}/content"))
        if content.status == 200 and (ids := [one["id"] for one in content["interactions"]]):
            self.dice.shuffle(ids)
            self.got(self.desk.post(f"workbins/{self.workbin}/pull", interactions=ids[:3]))

    def finish(self) -> None:
        if self.held:
            party = self.held.pop(self.dice.randrange(len(self.held)))
            match self.dice.randrange(3):
                case 0:
                    self.tell(self.desk.stop_held(party))
                case 1:
                    self.tell(self.desk.place_in_queue(party))
                case 2:
                    self.tell(self.desk.place_in_workbin(party, self.workbin))

    def away(self) -> None:
        if self.dice.random() < 0.3:
            self.tell(self.desk.log_out())
            self.desk = cast.log_in(self.desk.name)
        else:
            time.sleep(self.dice.random() * 0.4)

    def revoke(self) -> None:
        if found := Interaction.objects.filter(state="handling").order_by("?").first():
            self.tell(self.desk.revoke(found.pk))


def all_work(workers: list[Worker], is_over: threading.Event) -> None:
    try:
        at_once(*[worker.work for worker in workers])
    finally:
        is_over.set()


def be_the_timer(is_over: threading.Event) -> None:
    while not is_over.wait(0.02):
        revoke_due()
        lifecycle.warn_due(TIMER)
        sessions.end_idle_sessions()


def follow(reader: Log, is_over: threading.Event) -> list[int]:
    """Read while they write; and once more when they have ended."""
    seen: list[int] = []
    while not is_over.is_set():
        seen += [event["id"] for event in reader.new()]
    return seen


def test_a_storm(support: str, gateway: Application, log: Log) -> None:
    cast.queue(support, handling_timeout=1)
    Queue.objects.filter(name=support).update(handling_timeout=1)
    workbin = cast.workbin_of(cast.group(cast.TEAM), "agent_group")
    cast.fill(60)
    cast.fill(30, workbin, handling_timeout=1)
    for number in range(4):
        cast.agent(f"agent-{number}", cast.TEAM, is_supervisor=number == 0, capacity=8)
    workers = [Worker(cast.log_in(f"agent-{number % 4}"), number, workbin) for number in range(6)]
    seen: list[int] = []
    is_over = threading.Event()
    with_mail = cast.log_in("agent-0")
    started_at = with_mail.cursor

    at_once(
        lambda: all_work(workers, is_over),
        lambda: be_the_timer(is_over),
        lambda: seen.extend(follow(log, is_over)),
    )

    assert [reply.body for worker in workers for reply in worker.replies if reply.status >= 500] == []
    assert {reply.status for worker in workers for reply in worker.replies} >= {200, 409}
    audit()
    seen += [event["id"] for event in log.new()]
    assert seen == list(Event.objects.order_by("id").values_list("id", flat=True))
    with_mail.cursor = started_at
    agent = Agent.objects.get(user__username="agent-0")
    letters = list(AgentMessage.objects.filter(agent=agent).order_by("id").values_list("event", flat=True))
    assert [one["event"] for one in with_mail.mail()] == letters[:200]
    connection.close()


def test_the_audit_finds_a_lie(alice: Desk) -> None:
    """The twin: one event too few, and one row that nobody told of."""
    cast.fill(2)
    alice.take()
    audit()
    Event.objects.filter(event="EventPartyAdded").delete()
    with pytest.raises(AssertionError):
        audit()
