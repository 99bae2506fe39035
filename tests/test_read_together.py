"""Streams that are woken together: each gets what it would get alone, however many they are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from benchmarks.kit import floor
from benchmarks.kit.explain import plans_of
from interactions import mailbox
from interactions.api.cursors import decode, encode
from interactions.models import Agent, Session
from interactions.sql import fetch_all, run
from interactions.waking import WAIT, Piece, Wait, watched_topic
from tests import cast
from tests.applications import Desk
from tests.clock import let_pass
from tests.crowd import another_connection
from tests.processes import until
from tests.streams import streaming
from tests.web import Web
from workbins.api import stream
from workbins.models import Subscription

pytestmark = pytest.mark.django_db(transaction=True)


def ask(desk: Desk, cursor: str) -> Piece:
    """The view."""
    headers = {"Accept": "text/event-stream", "Last-Event-ID": cursor}
    reply = desk.send_raw("GET", "events/stream", headers=headers)
    return Piece(reply.ok(), reply.headers.wsgi_request.META[WAIT])


def opened(*desks: Desk) -> list[Wait]:
    return [ask(desk, desk.cursor).wait for desk in desks]


def events(piece: Piece | None) -> int:
    assert piece is not None
    return piece.body.count(b"data: ")


@pytest.fixture
def shared(alice: Desk) -> int:
    return cast.workbin_of(cast.group(cast.TEAM), "agent_group")


@pytest.fixture
def three(alice: Desk, bob: Desk, lena: Desk, shared: int) -> list[Desk]:
    """All watch what the team shares."""
    for desk in (alice, bob, lena):
        desk.subscribe(shared)
    return [alice, bob, lena]


# --- As the view would answer -------------------------------------------------------------------------


def test_each_as_alone(three: list[Desk], shared: int, root: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Own messages between changes, more than a page, a page that is just full, and nothing."""
    monkeypatch.setattr(stream, "STREAM_PAGE", 4)
    alice, bob, lena = three
    own = cast.drafts_of("alice")
    for desk in (alice, lena):
        desk.subscribe(own)
    waits = opened(alice, bob, cast.log_in("alice"), lena, root)
    [held] = cast.fill(1)
    alice.take()
    cast.fill(2, shared)
    lena.revoke(held).ok()
    cast.fill(2, own)
    cast.fill(2, shared)
    waits += [ask(bob, waits[1].last_event_id).wait]

    found = stream.read_on(waits)

    assert [events(piece) for piece in found] == [4, 4, 4, 4, 0, 0]
    assert [b"EventRevoked" in piece.body for piece in found if piece] == [True, False, True, *[False] * 3]
    for desk, wait, piece in zip([alice, bob, alice, lena, root, bob], waits, found, strict=True):
        assert piece is not None
        alone = ask(desk, wait.last_event_id)
        assert without_time(piece) == without_time(alone)
        assert piece.wait.session == wait.session


def without_time(piece: Piece) -> tuple[Any, ...]:
    """A cursor after the last message has the second in which it was given."""
    wait, [upto, _] = piece.wait, decode(piece.wait.last_event_id, "id", 2)
    topics = {topic: read for topic, read in wait.topics.items() if not topic.startswith("session:")}
    body = piece.body if b"data: " in piece.body else b""
    return body, upto, wait.seconds, topics, len(wait.topics), wait.is_stream, wait.read_on


def test_in_order_and_whole_from_piece_to_piece(
    three: list[Desk], shared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "STREAM_PAGE", 3)
    waits, whole = opened(*three), [b""] * 3
    for count in (1, 3, 7, 2):
        cast.fill(count, shared)
        while True:
            pieces = [piece for piece in stream.read_on(waits) if piece]
            whole = [text + piece.body for text, piece in zip(whole, pieces, strict=True)]
            waits = [piece.wait for piece in pieces]
            if all(wait.seconds for wait in waits):
                break
    ids = [message for (message,) in fetch_all("SELECT id FROM interactions_agentmessage ORDER BY id")]
    assert len(ids) == 13
    for text in whole:
        lines = [line for line in text.splitlines() if line.startswith(b"data: ")]
        assert [int(line.split(b'"id":')[1].split(b",")[0]) for line in lines] == ids


# --- However many they are ----------------------------------------------------------------------------

_WATCH = """
    INSERT INTO workbins_subscription (workbin_id, agent_id, after_message)
    SELECT w.queue_id, a.id, 0 FROM workbins_workbin w, interactions_agent a
    WHERE w.agent_group_id IS NOT NULL
"""


@pytest.fixture
def crowd(support: str) -> list[Wait]:
    """200 streams whose agents watch what their team shares, and two things have happened there."""
    floor.make(200, waiting=0)
    workbin = cast.workbin_of(cast.group("team"), "agent_group")
    run(_WATCH)
    cast.fill(2, workbin)
    mailbox.horizon.final()  # or the first to read would look for it
    cursor = encode(0, 2**40)
    found = fetch_all("SELECT id FROM interactions_session")
    return [Wait(60, last_event_id=cursor, session=id) for (id,) in found]


def statements(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_as_many_statements_for_two_hundred_as_for_two(crowd: list[Wait]) -> None:
    assert len(crowd) == 200
    assert [events(piece) for piece in stream.read_on(crowd)] == [2] * 200
    assert statements(lambda: stream.read_on(crowd)) == statements(lambda: stream.read_on(crowd[:2]))


def test_more_statements_one_by_one(crowd: list[Wait]) -> None:
    """The twin."""
    alone = statements(lambda: stream.read_on(crowd[:1]))
    assert statements(lambda: [stream.read_on([wait]) for wait in crowd[:2]]) == 2 * alone


def test_a_quiet_workbin_beside_a_busy_one(crowd: list[Wait]) -> None:
    """What happens in one is not passed over for those who watch the other."""
    User.objects.update(is_superuser=True)  # who may watch the e-mail team's, too
    busy = cast.workbin_of(cast.group("team"), "agent_group")
    Subscription.objects.filter(workbin=busy).delete()
    run(
        """INSERT INTO interactions_agentmessage (at, event, watched_queue_id, body)
           SELECT now(), 'EventWorkbinContentChanged', %(busy)s, '{}' FROM generate_series(1, 10000)""",
        {"busy": busy},
    )
    run("ANALYZE interactions_agentmessage")
    plans = plans_of(lambda: stream.read_on(crowd))
    [plan] = [lines for sql, lines in plans if "body FROM interactions_agentmessage" in sql]
    assert [line for line in plan if "Rows Removed" in line] == []
    assert any("agent_message_of_queue" in line for line in plan)


# --- In the midst of a crowd --------------------------------------------------------------------------


def log_out(bob: Desk) -> None:
    bob.log_out().ok(204)


def bar(bob: Desk) -> None:
    User.objects.filter(username="bob").update(is_active=False)


def sleep(bob: Desk) -> None:
    Session.objects.filter(agent__user__username="bob").update(last_request_at=Now() - timedelta(days=2))


def be_deleted(bob: Desk) -> None:
    Session.objects.filter(agent__user__username="bob").delete()


@pytest.mark.parametrize("end", [log_out, bar, sleep, be_deleted])
def test_a_session_that_ends(three: list[Desk], shared: int, end: Callable[[Desk], None]) -> None:
    """Its streams end, and the others go on."""
    alice, bob, lena = three
    waits = opened(alice, bob, bob, lena)
    end(bob)
    cast.fill(1, shared)
    found = stream.read_on(waits)
    assert [piece and events(piece) for piece in found] == [1, None, None, 1]


def test_a_cursor_that_has_expired(three: list[Desk], shared: int) -> None:
    """Of a stream that no one has read for a day."""
    waits = opened(*three)
    waits[1].last_event_id = encode(1, 1)
    waits[2].last_event_id = encode(10**15, 2**40)  # of another life of the database
    cast.fill(1, shared)
    assert [piece and events(piece) for piece in stream.read_on(waits)] == [1, None, None]


def test_a_right_that_is_lost(three: list[Desk], shared: int) -> None:
    """It is waited for no longer; the stream itself goes on."""
    waits = opened(*three)
    bob = Agent.objects.get(user__username="bob")
    bob.groups.clear()
    cast.fill(1, shared)
    found = stream.read_on(waits)
    assert [events(piece) for piece in found] == [1, 0, 1]
    watching = [watched_topic(shared) in piece.wait.topics for piece in found if piece]
    assert watching == [True, False, True]


def test_the_sessions_are_kept(three: list[Desk]) -> None:
    """Once in ten seconds, and nobody is waited for: a log-out has bob's."""
    waits = opened(*three)
    let_pass(4)
    before = requests_at()
    stream.read_on(waits)
    assert requests_at() == before
    let_pass(10)
    before = requests_at()
    with another_connection() as other:
        other.execute("SELECT FROM interactions_session WHERE id = %s FOR UPDATE", [waits[1].session])
        stream.read_on(waits)
    after = requests_at()
    assert [after[wait.session] > before[wait.session] for wait in waits] == [True, False, True]


def requests_at() -> dict[int, Any]:
    return dict(Session.objects.values_list("pk", "last_request_at"))


# --- In a web process ---------------------------------------------------------------------------------


_BREAK = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid != pg_backend_pid()
"""


def test_in_a_web_process(site: Web, three: list[Desk], shared: int) -> None:
    """One logs out and one loses the right as the others hear of a change; then the connections break."""
    alice, bob, lena = three
    second = cast.log_in("lena")
    with (
        streaming(site, alice) as one,
        streaming(site, bob) as other,
        streaming(site, lena) as gone,
        streaming(site, second) as third,
    ):
        lena.log_out().ok(204)
        Agent.objects.get(user__username="bob").groups.clear()
        [heard] = cast.fill(1, shared)
        for stays in (one, third):
            stays.until(1)
        until(lambda: gone.has_ended, what="the end of the stream")
        run(_BREAK)
        [last] = cast.fill(1, shared)
        for stays in (one, third):
            stays.until(2)
        assert not other.has_ended
    assert other.events == []
    for stays in (one, third):
        assert [event["interaction"] for event in stays.events] == [heard, last]
