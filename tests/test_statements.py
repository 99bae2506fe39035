"""The hot path costs what it promises: statements are counted, beside BEGIN and COMMIT."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions import lifecycle, sessions
from interactions.callers import AgentCaller
from interactions.lifecycle import Submission
from interactions.models import Agent, AgentMessage, Queue
from interactions.signals import TIMER
from reporting.models import Event
from tests import cast
from tests.applications import Desk
from tests.clock import make_overdue
from workbins.models import Subscription

pytestmark = pytest.mark.django_db(transaction=True)


def all_statements(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"].split()[0] for query in captured.captured_queries]


def statements(act: Callable[[], Any]) -> list[str]:
    return [word for word in all_statements(act) if word not in ("BEGIN", "COMMIT")]


@pytest.fixture
def caller(alice: Desk) -> AgentCaller:
    found = sessions.identify(alice.token, resets=True)
    assert isinstance(found, AgentCaller)
    return found


def test_a_pull_is_three(caller: AgentCaller) -> None:
    """Lock with right, claim, events; from a workbin the last writes its content change too."""
    drafts = cast.drafts_of("alice")
    cast.fill(2)
    first, second, *_ = cast.fill(3, drafts)
    acts: list[Callable[[], Any]] = [
        lambda: lifecycle.pull(caller, cast.SUPPORT, 2),
        lambda: lifecycle.pull(caller, drafts, 1),
        lambda: lifecycle.pull_by_id(caller, drafts, [second]),
    ]
    for act, events in zip(acts, (4, 3, 3), strict=True):
        before = Event.objects.count()
        assert statements(act) == ["SELECT", "WITH", "WITH"]
        assert Event.objects.count() == before + events
    removed = AgentMessage.objects.filter(watched_queue=drafts, body__operation="Removed")
    assert [message.body["interaction"] for message in removed.order_by("id")] == [first, second]


def test_five_hundred_who_watch_cost_a_pull_nothing(caller: AgentCaller, lena: Desk) -> None:
    """The same statements and rows: a change is written once, and fanned out when it is read."""
    drafts = cast.drafts_of("alice")
    cast.fill(2, drafts)

    def pull() -> tuple[list[str], int, int]:
        before = (AgentMessage.objects.count(), Event.objects.count())
        sent = statements(lambda: lifecycle.pull(caller, drafts, 1))
        after = (AgentMessage.objects.count(), Event.objects.count())
        return sent, after[0] - before[0], after[1] - before[1]

    unwatched = pull()
    users = User.objects.bulk_create(User(username=f"watcher-{number}") for number in range(499))
    agents = Agent.objects.bulk_create(Agent(user=user) for user in users)
    lena.subscribe(drafts)
    after = Subscription.objects.get().after_message
    Subscription.objects.bulk_create(
        Subscription(workbin_id=drafts, agent=agent, after_message=after) for agent in agents
    )
    assert Subscription.objects.count() == 500

    assert pull() == unwatched == (["SELECT", "WITH", "WITH"], 1, 3)
    assert [message["operation"] for message in lena.mail()] == ["Removed"]


def test_a_submission_by_an_agent_is_three(caller: AgentCaller) -> None:
    given = Submission(Queue.objects.get(name=cast.SUPPORT), cast.media_type())
    before = Event.objects.count()
    assert statements(lambda: lifecycle.submit_and_handle(caller, given)) == ["SELECT", "WITH", "WITH"]
    assert Event.objects.count() == before + 2


def test_a_batch_of_revocations_is_two(caller: AgentCaller) -> None:
    held = cast.fill(20)
    lifecycle.pull(caller, cast.SUPPORT, 20)
    make_overdue(*held)
    assert statements(lambda: lifecycle.revoke_due(TIMER)) == ["WITH", "WITH"]


def test_a_key_is_asked_for_where_one_is_sent(alice: Desk) -> None:
    """The reset and the pull; with a key its lock and its reply, the savepoint, and what is kept."""
    cast.fill(3)
    alice.take()
    request, pull = ["WITH"], ["SELECT", "WITH", "WITH"]
    path = f"queues/{cast.SUPPORT}/pull"
    asks = ["SELECT", "SELECT"]
    assert statements(lambda: alice.post(path)) == [*request, *pull]
    first = statements(lambda: alice.post_once("k-1", path))
    assert first == [*request, *asks, "SAVEPOINT", *pull, "RELEASE", "INSERT"]
    assert statements(lambda: alice.post_once("k-1", path)) == [*request, *asks]


@pytest.mark.parametrize("holds", [0, 1, 50])
def test_a_request_is_one_statement(alice: Desk, caller: AgentCaller, holds: int) -> None:
    """Who asks, the reset, and the session's last request; its commit is its own."""
    if holds:
        cast.fill(holds)
        lifecycle.pull(caller, cast.SUPPORT, holds)
    assert all_statements(lambda: sessions.identify(alice.token, resets=True)) == ["WITH"]
