"""Events as they come: long polls and Server-Sent Events, from a real web process."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now

from interactions import lifecycle, sessions
from interactions.api.cursors import encode
from interactions.models import Agent, AgentMessage, Party, Session
from interactions.signals import TIMER
from tests import cast
from tests.applications import SUPPORT, Application, Desk, Log
from tests.clock import make_overdue
from tests.crowd import crowd
from tests.processes import until
from tests.streams import LONG, streaming
from tests.web import Web, web
from tests.writers import check, write_event, write_in_a_crowd, write_letter

pytestmark = pytest.mark.django_db(transaction=True)


def stop_from_outside(gateway: Application, desk: Desk, count: int = 1) -> None:
    """Each is a letter to the desk."""
    for _ in range(count):
        [interaction] = cast.fill(1)
        desk.pull()
        gateway.stop(interaction).ok()


def test_what_happens_comes(site: Web, alice: Desk, gateway: Application) -> None:
    with streaming(site, alice) as stream:
        stop_from_outside(gateway, alice)
        stream.until(1)
    [letter] = alice.get("events", after=alice.cursor).ok()["events"]
    [event] = stream.events
    assert {name: value for name, value in event.items() if name != "cursor"} == letter
    assert (event["event"], event["reason"]) == ("EventRevoked", "Stopped")


def test_a_workbin_that_is_watched_from_the_middle_on(site: Web, alice: Desk) -> None:
    drafts = cast.drafts_of("alice")
    with streaming(site, alice) as stream:
        cast.fill(1, drafts)
        alice.subscribe(drafts)
        [second] = cast.fill(1, drafts)
        stream.until(1)
        alice.send("DELETE", f"workbins/{drafts}/subscription").ok()
        cast.fill(1, drafts)
        time.sleep(0.5)
    assert [(event["operation"], event["interaction"]) for event in stream.events] == [("Added", second)]


@pytest.mark.parametrize("by", ["Last-Event-ID", "after"])
def test_it_resumes_without_a_gap_or_a_repeat(site: Web, alice: Desk, gateway: Application, by: str) -> None:
    """From wherever it broke off, also between two events of one piece."""
    stop_from_outside(gateway, alice, 2)
    with streaming(site, alice, last_id=alice.cursor) as stream:
        stop_from_outside(gateway, alice, 2)
        stream.until(4)
    stop_from_outside(gateway, alice)
    whole = [letter["id"] for letter in alice.get("events", after=alice.cursor).ok()["events"]]
    for seen, event in enumerate(stream.events, 1):
        where = {"last_id": event["cursor"]} if by == "Last-Event-ID" else {"after": event["cursor"]}
        with streaming(site, alice, **where) as resumed:
            resumed.until(5 - seen)
            assert [event["id"] for event in resumed.events] == whole[seen:]


def test_the_first_id_goes_on_from_the_start(site: Web, alice: Desk, gateway: Application) -> None:
    """Also when nothing came before it broke off."""
    with streaming(site, alice) as stream:
        pass
    stop_from_outside(gateway, alice)
    with streaming(site, alice, last_id=stream.ids[0]) as resumed:
        assert resumed.until(1) == ["EventRevoked"]


def test_more_than_a_page(site: Web, alice: Desk) -> None:
    agent = Agent.objects.get()
    now = Session.objects.get().started_at
    AgentMessage.objects.bulk_create(
        AgentMessage(at=now, event="EventRevoked", agent=agent, body={"n": n}) for n in range(450)
    )
    with streaming(site, alice, last_id=alice.cursor) as stream:
        stream.until(450)
    assert [event["n"] for event in stream.events] == list(range(450))


def test_it_ends_with_the_session(site: Web, alice: Desk, bob: Desk) -> None:
    with streaming(site, alice) as ended, streaming(site, bob) as other:
        alice.log_out().ok(204)
        until(lambda: ended.has_ended, what="the end of the stream")
        assert not other.has_ended
    assert ended.events == []


def quiet_for(seconds: float, *names: str) -> None:
    """So much longer, or all of them."""
    sessions = Session.objects.filter(agent__user__username__in=names) if names else Session.objects
    sessions.update(last_request_at=F("last_request_at") - timedelta(seconds=seconds))


def is_fresh(name: str) -> bool:
    fresh = Session.objects.filter(last_request_at__gt=Now() - timedelta(seconds=6))
    return fresh.filter(agent__user__username=name).exists()


def test_it_keeps_the_session_but_not_the_hold(alice: Desk, bob: Desk, settings: Any) -> None:
    """bob has no stream."""
    settings.SESSION_IDLE_TIMEOUT = 12
    cast.fill(1)
    party = alice.take()
    with web(SESSION_IDLE_TIMEOUT="12") as site, streaming(site, alice):
        quiet_for(6)
        until(lambda: is_fresh("alice"), what="the stream to be a sign of life")
        quiet_for(7, "bob")
        assert not is_fresh("bob")
        assert Party.objects.get(pk=party["id"]).deadline_at == datetime.fromisoformat(party["deadline_at"])
        make_overdue(party["interaction"])
        lifecycle.revoke_due(TIMER)
        assert sessions.end_idle_sessions() == 1
        assert alice.get("events").status == 200
        assert bob.get("events").refused(401, "not_authenticated")["reason"] == "ended"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": "Bearer unknown"}, 401, "not_authenticated"),
        ({"Accept": "application/json"}, 406, "not_acceptable"),
        ({"Last-Event-ID": "nonsense"}, 400, "invalid"),
    ],
)
def test_refusals(site: Web, alice: Desk, headers: dict[str, str], status: int, code: str) -> None:
    headers = {"Accept": "text/event-stream"} | headers
    site.desk(alice).send_raw("GET", "events/stream", headers=headers).refused(status, code)


def test_its_head_alone(site: Web, alice: Desk) -> None:
    """It ends, and so the connection serves the next request."""
    desk = site.desk(alice)
    for _ in range(2):
        assert desk.send("HEAD", "events/stream").ok() == b""


def test_an_old_cursor(site: Web, alice: Desk) -> None:
    """A day is kept: who comes later starts anew."""
    old = "MS4x"  # the first message, long ago
    desk = site.desk(alice)
    headers = {"Accept": "text/event-stream", "Last-Event-ID": old}
    desk.send_raw("GET", "events/stream", headers=headers).refused(410, "cursor_expired")
    desk.get("events", after=old, wait_seconds=5).refused(410, "cursor_expired")


def test_a_cursor_of_another_life(site: Web, alice: Desk, log: Log) -> None:
    """The database was restored from a backup: nobody may wait in silence for ids to come that far."""
    beyond = encode(10**15, int(time.time()))
    headers = {"Accept": "text/event-stream", "Last-Event-ID": beyond}
    desk = site.desk(alice)
    desk.send_raw("GET", "events/stream", headers=headers).refused(410, "cursor_expired")
    desk.get("events", after=beyond).refused(410, "cursor_expired")
    problem = log.reader.get("reporting/events", after=encode(10**15)).refused(400, "invalid")
    assert list(problem["errors"]) == ["after"]


# --- Long polls -------------------------------------------------------------------------------------


def test_a_poll_is_woken(site: Web, alice: Desk, gateway: Application) -> None:
    waits = site.desk(alice)
    with crowd() as people:
        poll = people.start(lambda: waits.get("events", after=alice.cursor, wait_seconds=LONG).ok())
        time.sleep(0.4)
        stop_from_outside(gateway, alice)
        found = poll()
    assert [event["event"] for event in found["events"]] == ["EventRevoked"]
    assert waits.get("events", after=found["cursor"]).ok()["events"] == []


def test_a_poll_for_which_nothing_comes(site: Web, alice: Desk) -> None:
    found = site.desk(alice).get("events", after=alice.cursor, wait_seconds=1).ok()
    assert found["events"] == []
    assert alice.get("events", after=found["cursor"]).ok()["events"] == []


def test_without_a_cursor_it_answers_at_once(site: Web, alice: Desk) -> None:
    begun = time.monotonic()
    assert site.desk(alice).get("events", wait_seconds=30).ok()["events"] == []
    assert time.monotonic() - begun < LONG


def test_a_poll_of_the_log(site: Web, alice: Desk, log: Log) -> None:
    """It wakes for what it asked for alone."""
    log.skip()
    reader = site.application(log.reader)
    with crowd() as people:
        poll = people.start(
            lambda: reader.get(
                "reporting/events", after=log.cursor, event="EventPartyAdded", wait_seconds=LONG
            ).ok()
        )
        time.sleep(0.4)
        cast.fill(1)
        time.sleep(0.4)
        alice.take(SUPPORT)
        found = poll()
    assert [event["event"] for event in found["events"]] == ["EventPartyAdded"]


# --- Sixteen writers --------------------------------------------------------------------------------


def test_a_stream_beside_sixteen_writers(site: Web, alice: Desk) -> None:
    """Broken off and resumed again and again."""
    seen: list[dict[str, Any]] = []
    cursor = alice.cursor
    over = threading.Event()

    def follow() -> None:
        nonlocal cursor
        while not over.is_set() or not is_all():
            with streaming(site, alice, last_id=cursor) as stream:
                over.wait(0.15)
                time.sleep(0.05)
            had = list(stream.events)
            seen.extend(had)
            cursor = had[-1]["cursor"] if had else cursor

    def is_all() -> bool:
        return bool(seen) and seen[-1]["id"] == AgentMessage.objects.latest("id").pk

    with crowd() as people:
        following = people.start(follow)
        written = write_in_a_crowd(write_letter, 16, 12)
        over.set()
        following()
    check([event["event"] for event in seen], written)


@pytest.mark.parametrize("which", ["mailbox", "log"])
def test_polls_beside_sixteen_writers(site: Web, alice: Desk, log: Log, which: str) -> None:
    log.skip()
    reader, path, cursor = (
        (site.desk(alice), "events", alice.cursor)
        if which == "mailbox"
        else (site.application(log.reader), "reporting/events", log.cursor)
    )
    seen: list[str] = []
    over = threading.Event()

    def follow() -> None:
        nonlocal cursor
        was_over = False
        while not was_over:
            was_over = over.is_set()
            found = reader.get(path, after=cursor, wait_seconds=1).ok()
            cursor = found["cursor"]
            seen.extend(event["event"] for event in found["events"])
            was_over = was_over and not found["events"]

    with crowd() as people:
        following = people.start(follow)
        written = write_in_a_crowd(write_letter if which == "mailbox" else write_event, 16, 12)
        over.set()
        following()
    check(seen, written)
