"""The hot path costs what it promises: statements are counted, beside BEGIN and COMMIT."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions import lifecycle, sessions
from interactions.callers import AgentCaller
from interactions.lifecycle import Submission
from interactions.models import AgentMessage, Queue
from interactions.signals import TIMER
from reporting.models import Event
from tests import cast
from tests.applications import Desk
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


def statements(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    sent = [query["sql"].split()[0] for query in captured.captured_queries]
    return [word for word in sent if word not in ("BEGIN", "COMMIT")]


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
    """Who, reset, and the pull; with a key its lock and its reply, the savepoint, and what is kept."""
    cast.fill(3)
    alice.take()
    request, pull = ["SELECT", "WITH"], ["SELECT", "WITH", "WITH"]
    path = f"queues/{cast.SUPPORT}/pull"
    asks = ["SELECT", "SELECT"]
    assert statements(lambda: alice.post(path)) == [*request, *pull]
    first = statements(lambda: alice.post_once("k-1", path))
    assert first == [*request, *asks, "SAVEPOINT", *pull, "RELEASE", "INSERT"]
    assert statements(lambda: alice.post_once("k-1", path)) == [*request, *asks]


@pytest.mark.parametrize("holds", [0, 1, 50])
def test_a_request_is_who_and_one_reset(alice: Desk, caller: AgentCaller, holds: int) -> None:
    if holds:
        cast.fill(holds)
        lifecycle.pull(caller, cast.SUPPORT, holds)
    sent = statements(lambda: sessions.identify(alice.token, resets=True))
    assert sent == (["SELECT", "WITH"] if holds else ["SELECT"])
