"""The reset: which requests count, and what it may never do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from interactions.models import Party, Queue
from tests import cast
from tests.applications import Desk
from tests.clock import let_pass, make_overdue
from tests.crowd import another_connection

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"content_type": "application/json"}
# One of each route, most of them refused: for a body, a role, an object that is not there.
COUNT: list[tuple[str, str, Any]] = [
    ("GET", "sessions/current", {}),
    ("POST", "keep-alive", {}),
    ("GET", "parties", {}),
    ("GET", "queues", {}),
    ("POST", "queues/nowhere/pull", {}),
    ("POST", "queues/email-support/pull", {"data": b'{"count": 0}', **JSON}),
    ("POST", "pull-next", {"data": b'{"media_types": []}', **JSON}),
    ("POST", "interactions", {}),
    ("GET", "interactions", {}),
    ("PATCH", "interactions/999999", {"data": b"{}", **JSON}),
    ("GET", "interactions/999999", {}),  # 404
    ("POST", "interactions/999999/place-in-queue", {"data": b"{}", **JSON}),
    ("POST", "interactions/999999/place-in-workbin", {"data": b"{}", **JSON}),
    ("POST", "interactions/999999/stop-processing", {"data": b"{}", **JSON}),
    ("POST", "interactions/999999/revoke", {}),
    ("GET", "workbin-types", {}),
    ("GET", "workbins", {}),
    ("GET", "workbins/999999/content", {}),
    ("POST", "workbins/999999/pull", {"data": b'{"count": 1}', **JSON}),
    ("PUT", "workbins/999999/subscription", {}),
    ("DELETE", "workbins/999999/subscription", {}),
    # And what is refused before a view is asked.
    ("DELETE", "parties", {}),  # 405
    ("OPTIONS", "parties", {}),
    ("HEAD", "parties", {}),
    ("GET", "parties", {"headers": {"Accept": "text/html"}}),  # 406
    ("POST", "keep-alive", {"data": b"{", **JSON}),  # 400
    ("POST", "keep-alive", {"data": b"<a/>", "content_type": "text/xml"}),  # 415
    ("POST", "keep-alive", {"data": b"{}", "workbin.body_too_large": True, **JSON}),  # 413
]
ONLY_RECEIVE = [
    ("GET", "events", {}),
    ("GET", "events", {"query_params": {"after": "?"}}),
    ("GET", "events/stream", {"headers": {"Accept": "text/event-stream"}}),
    ("GET", "reporting/events", {}),  # 403
    ("GET", "reporting/interactions/999999", {}),
    ("GET", "reporting/queues", {}),
    ("GET", "reporting/workbins", {}),
    ("GET", "reporting/agents", {}),
    ("GET", "reporting/server", {}),
    ("GET", "reporting/now", {}),
]
NO_AGENT_IS_NAMED: list[tuple[str, str, Any]] = [
    ("POST", "sessions", {})
]  # its token does not count: the log-in itself resets


def moves(desk: Desk, request: Callable[[], object]) -> bool:
    """Whether the request moves the deadline of what alice holds."""
    let_pass(10)
    before = Party.objects.get(ended_at=None).deadline_at
    request()
    return Party.objects.get(ended_at=None).deadline_at > before


@pytest.fixture
def holder(alice: Desk) -> Desk:
    cast.fill(1)
    alice.take()
    return alice


def test_every_other_request_counts(holder: Desk) -> None:
    quiet = [
        (method, path)
        for method, path, given in COUNT
        if not moves(holder, lambda: holder.send_raw(method, path, **given))  # noqa: B023
    ]
    assert quiet == []


def test_what_only_receives_does_not(holder: Desk) -> None:
    loud = [
        (method, path)
        for method, path, given in ONLY_RECEIVE
        if moves(holder, lambda: holder.send_raw(method, path, **given))  # noqa: B023
    ]
    assert loud == []


def test_every_route_is_in_one_of_the_lists() -> None:
    """A new route must be put into one of them."""
    tried = {path.split("?")[0] for _, path, _ in COUNT + ONLY_RECEIVE + NO_AGENT_IS_NAMED}
    api = [found for found in get_resolver().url_patterns if str(found.pattern) == "api/v1/"]
    routes = [route for part in api if isinstance(part, URLResolver) for route in part.url_patterns]
    assert routes
    missing = [
        str(route.pattern)
        for route in routes
        if isinstance(route, URLPattern) and not any(route.resolve(path) for path in tried)
    ]
    assert missing == []


def test_another_token_does_not(holder: Desk, bob: Desk) -> None:
    nobody = Desk("", "x" * 43)
    assert not moves(holder, bob.keep_alive)
    assert not moves(holder, nobody.keep_alive)
    assert not moves(holder, lambda: Desk("", "").get("parties"))


def test_a_second_session_does(holder: Desk) -> None:
    second = cast.log_in("alice")
    assert moves(holder, second.keep_alive)
    second.log_out()
    assert not moves(holder, second.keep_alive)  # its token is no good any more


def test_a_log_in_does(holder: Desk) -> None:
    assert moves(holder, lambda: cast.log_in("alice"))
    wrong = {"username": "alice", "password": "wrong"}
    assert not moves(holder, lambda: holder.post("sessions", **wrong))


def test_a_refused_pull_does(holder: Desk) -> None:
    Queue.objects.update(is_paused=True)
    assert moves(holder, lambda: holder.post("queues/email-support/pull").refused(409, "queue_paused"))


def test_once_on_arrival_for_all_that_is_held(alice: Desk) -> None:
    held = cast.fill(3)
    alice.pull(count=2)
    let_pass(100)
    alice.pull()
    let_pass(100)
    with CaptureQueriesContext(connection) as queries:
        alice.keep_alive().ok()
    assert len([query for query in queries if "UPDATE interactions_party" in query["sql"]]) == 1
    instants = Party.objects.filter(interaction__in=held).values_list("last_reset_at", "deadline_at")
    assert len(set(instants)) == 1
    [(reset_at, deadline_at)] = set(instants)
    assert deadline_at - reset_at == timedelta(seconds=600)


def test_as_many_statements_for_many_holds(alice: Desk) -> None:
    cast.fill(60)
    counts = []
    for more in (1, 59):
        alice.pull(count=more)
        with CaptureQueriesContext(connection) as queries:
            alice.send("POST", "keep-alive", {})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_it_never_revives(alice: Desk) -> None:
    overdue, fresh = cast.fill(2)
    alice.pull(count=2)
    make_overdue(overdue)
    deadlines = dict(Party.objects.values_list("interaction", "deadline_at"))
    assert [held["interaction"] for held in alice.keep_alive().ok()["parties"]] == [fresh]
    after = dict(Party.objects.values_list("interaction", "deadline_at"))
    assert after[overdue] == deadlines[overdue]
    assert after[fresh] > deadlines[fresh]


def test_it_never_goes_backwards(holder: Desk) -> None:
    Party.objects.update(deadline_at=F("deadline_at") + timedelta(hours=1))
    before = Party.objects.get().deadline_at
    holder.keep_alive().ok()
    assert Party.objects.get().deadline_at == before


def test_a_session_that_must_wait_is_told_so(holder: Desk) -> None:
    """Nothing waits for long: a lock that does not come is a 503 that says when to come again."""
    with another_connection() as other:
        other.execute("SELECT FROM interactions_party FOR UPDATE")
        reply = holder.keep_alive()
    assert reply.refused(503, "unavailable")["retry_after"] == 1
    assert reply.headers["Retry-After"] == "1"
