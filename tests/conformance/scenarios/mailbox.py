"""Events for agent applications: each once, in order, from any cursor on, polled or streamed."""

import time

from ..cast import Agent
from ..instants import seconds_of
from ..people import SOON, meanwhile, until
from ..places import Line
from ..playing import long
from ..server import Json
from ..streams import streaming


def stop_some(alice: Agent, admin: Agent, line: Line, count: int) -> None:
    """Each is a letter to alice."""
    mails = line.put(count)
    alice.pull(line, count=count)
    for mail in mails:
        admin.stop(mail).ok()


def test_without_a_cursor_it_gives_the_present(alice: Agent, admin: Agent, line: Line) -> None:
    """At once, whatever there was before."""
    stop_some(alice, admin, line, 1)
    answer = alice.get("events", wait_seconds=20)
    assert answer.ok()["events"] == []
    assert answer.came_at - answer.sent_at < SOON
    assert len(alice.mail(1)) == 1
    assert alice.get("events", after=answer["cursor"]).ok()["events"] == []


def test_each_once_and_in_order_from_any_cursor_on(alice: Agent, admin: Agent, line: Line) -> None:
    start = alice.cursor
    stop_some(alice, admin, line, 4)
    until(lambda: len(alice.get("events", after=start).ok()["events"]) >= 4, SOON, "four letters")
    whole = alice.get("events", after=start).ok()["events"]
    ids = [letter["id"] for letter in whole]
    assert ids == sorted(set(ids))
    for limit in (1, 2, 3):
        seen: list[Json] = []
        cursor = start
        while page := alice.get("events", after=cursor, limit=limit).ok():
            if not page["events"]:
                break
            assert len(page["events"]) <= limit
            seen += page["events"]
            cursor = page["cursor"]
        assert seen == whole


def test_all_sessions_read_the_same(alice: Agent, admin: Agent, line: Line) -> None:
    other = alice.again()
    stop_some(alice, admin, line, 2)
    assert alice.mail(2) == other.mail(2)


def test_who_waits_is_woken(alice: Agent, admin: Agent, line: Line) -> None:
    line.add()
    party = alice.take(line)
    waiting = meanwhile(lambda: alice.get("events", after=alice.cursor, wait_seconds=20).ok())
    alice.server.settle()
    admin.revoke(party["interaction"]).ok()
    [letter] = waiting.result(SOON)["events"]
    assert (letter["event"], letter["reason"]) == ("EventRevoked", "Revoked")


def test_nothing_comes(alice: Agent) -> None:
    answer = alice.get("events", after=alice.cursor, wait_seconds=1)
    assert answer.ok()["events"] == []
    assert answer.came_at - answer.sent_at >= 0.9


def test_what_is_no_cursor(alice: Agent) -> None:
    for wrong in ("nonsense", "a b", "%00", "-", "x" * 200):
        alice.get("events", after=wrong).refused(400, "invalid")


def test_nobody_reads_anothers_mail(alice: Agent, bob: Agent, admin: Agent, line: Line) -> None:
    stop_some(alice, admin, line, 1)
    assert len(alice.mail(1)) == 1
    assert bob.mail() == []
    assert bob.get("events", after=alice.cursor).status in (200, 400, 410)


# --- Before the deadline ------------------------------------------------------------------------------


@long
def test_a_near_deadline_is_told_once_a_quiet_spell(alice: Agent, line: Line) -> None:
    """When a tenth of the timeout is left; again after a sign of life, and not for what only receives."""
    line.add(handling_timeout=10)
    kept = alice.take(line)
    for _ in range(2):
        kept = alice.keeps(kept)
        [warning] = until(lambda: alice.letters(wait=5), 11, "a warning")
        assert warning["event"] == "EventDeadlineSoon"
        [told] = warning["interactions"]
        assert (told["id"], told["party"]) == (kept["interaction"], kept["id"])
        assert told["deadline_at"] == kept["deadline_at"]
        assert 0 < seconds_of(kept["deadline_at"]) - seconds_of(warning["at"]) <= 1
    [end] = until(lambda: alice.letters(wait=5), 5, "the end")
    assert (end["event"], end["party"]) == ("EventRevoked", kept["id"])


# --- The stream ---------------------------------------------------------------------------------------


def test_the_stream_has_what_the_poll_has(alice: Agent, admin: Agent, line: Line) -> None:
    start = alice.cursor
    with streaming(alice.server, alice.token) as stream:
        alice.server.settle()
        stop_some(alice, admin, line, 2)
        stream.until(2)
    polled = alice.get("events", after=start).ok()["events"]
    assert [{k: v for k, v in event.items() if k != "cursor"} for event in stream.events] == polled


def test_a_stream_resumes_without_a_gap_or_a_repeat(alice: Agent, admin: Agent, line: Line) -> None:
    """Wherever it broke off."""
    with streaming(alice.server, alice.token, alice.cursor) as stream:
        stop_some(alice, admin, line, 3)
        stream.until(3)
    stop_some(alice, admin, line, 1)
    until(
        lambda: len(alice.get("events", after=stream.events[-1]["cursor"]).ok()["events"]), SOON, "the last"
    )
    whole = [letter["id"] for letter in alice.letters()]
    for seen, event in enumerate(stream.events, 1):
        with streaming(alice.server, alice.token, event["cursor"]) as resumed:
            resumed.until(4 - seen)
            assert [one["id"] for one in resumed.events] == whole[seen:]


def test_the_cursor_of_a_stream_is_that_of_a_poll(alice: Agent, admin: Agent, line: Line) -> None:
    with streaming(alice.server, alice.token, alice.cursor) as stream:
        stop_some(alice, admin, line, 2)
        first, second = stream.until(2)
    polled = alice.get("events", after=first["cursor"]).ok()["events"]
    assert [letter["id"] for letter in polled] == [second["id"]]


def test_a_stream_ends_with_its_session(alice: Agent) -> None:
    other = alice.again()
    with streaming(alice.server, other.token) as ended, streaming(alice.server, alice.token) as lasting:
        alice.server.settle()
        other.log_out()
        until(lambda: ended.has_ended, SOON, "the end of the stream")
        assert not lasting.has_ended


@long
def test_a_quiet_stream_is_commented_on(alice: Agent) -> None:
    """Every 15 seconds, so that everybody on the way knows that it lives."""
    begun = time.monotonic()
    with streaming(alice.server, alice.token) as stream:
        until(lambda: stream.comments, 20, "a comment")
    assert stream.comments[0] - begun < 20
    assert stream.events == []


def test_what_is_no_stream(alice: Agent) -> None:
    headers = {"Accept": "text/event-stream", "Last-Event-ID": "nonsense"}
    alice.send("GET", "events/stream", headers=headers).refused(400, "invalid")
    alice.token, token = "made-up", alice.token
    try:
        alice.get("events/stream").refused(401, "not_authenticated", reason="unknown")
    finally:
        alice.token = token
