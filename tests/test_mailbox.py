"""The mailbox: where a reader begins, how it goes on, and what it is told when it comes too late."""

import pytest

from interactions import housekeeping, lifecycle
from interactions.api.cursors import decode, encode
from interactions.models import AgentMessage, Party, Queue
from interactions.signals import TIMER
from tests import cast
from tests.applications import Desk
from tests.clock import let_pass

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3600


def lose(desk: Desk, boss: Desk, count: int) -> list[int]:
    """So many EventRevoked, each of its own command."""
    lost = [one["id"] for one in desk.pull(count=count)]
    for interaction in lost:
        boss.revoke(interaction).ok()
    return lost


def test_without_a_cursor_from_now_on(alice: Desk, lena: Desk) -> None:
    cast.fill(3)
    lose(alice, lena, 1)
    begun = alice.get("events").ok()
    assert begun["events"] == []
    lost = lose(alice, lena, 2)
    found = alice.get("events", after=begun["cursor"]).ok()
    assert [event["interaction"] for event in found["events"]] == lost
    assert set(found["events"][0]) == {
        "id",
        "event",
        "at",
        "interaction",
        "party",
        "queue",
        "workbin",
        "reason",
    }


def test_nobody_reads_anothers(alice: Desk, bob: Desk, lena: Desk) -> None:
    cast.fill(1)
    lose(alice, lena, 1)
    assert bob.mail() == []
    bob.cursor = alice.cursor
    assert bob.mail() == []


def test_page_by_page(alice: Desk, lena: Desk) -> None:
    cast.fill(5)
    lost = lose(alice, lena, 5)
    cursor, seen = alice.cursor, []
    for _ in range(4):
        page = alice.get("events", after=cursor, limit=2).ok()
        cursor = page["cursor"]
        seen.append([event["interaction"] for event in page["events"]])
    assert seen == [lost[:2], lost[2:4], lost[4:], []]


def test_too_late_is_told_and_never_a_gap(alice: Desk, lena: Desk) -> None:
    """Who reads an old mailbox slowly must not find a hole where messages were."""
    cast.fill(3)
    lost = lose(alice, lena, 3)
    let_pass(24.5 * HOUR)
    alice = again(alice)
    first = alice.get("events", after=alice.cursor, limit=1).ok()
    assert [event["interaction"] for event in first["events"]] == lost[:1]
    let_pass(HOUR)
    alice = again(alice)
    assert housekeeping.purge() >= 3
    alice.get("events", after=first["cursor"], limit=1).refused(410, "cursor_expired")


def test_a_cursor_is_good_for_a_day(alice: Desk, lena: Desk) -> None:
    """Whether or not the purge has come; and what came after a good one is there."""
    cast.fill(1)
    lost = lose(alice, lena, 1)
    position, given_at = decode(alice.cursor, "after", width=2)
    for age, is_good in ((24 * HOUR - 30, True), (24 * HOUR + 30, False)):
        reply = alice.get("events", after=encode(position, given_at - age))
        if is_good:
            assert [event["interaction"] for event in reply.ok()["events"]] == lost
        else:
            problem = reply.refused(410, "cursor_expired")
            assert "parties" in problem["detail"]  # where to begin anew
    assert alice.get("events").ok()["events"] == []


def again(desk: Desk) -> Desk:
    """The session idled out meanwhile; the application kept its cursor."""
    entered = cast.log_in(desk.name)
    entered.cursor = desk.cursor
    return entered


def test_what_is_young_is_kept(alice: Desk, lena: Desk) -> None:
    """The twin."""
    cast.fill(2)
    lost = lose(alice, lena, 2)
    let_pass(20 * HOUR)
    housekeeping.purge()
    assert [message["interaction"] for message in again(alice).mail()] == lost


# --- A deadline comes near ------------------------------------------------------------------------


def warn() -> None:
    lifecycle.warn_due(TIMER)


def warnings(desk: Desk) -> list[list[int]]:
    return [
        [one["id"] for one in message["interactions"]]
        for message in desk.mail()
        if message["event"] == "EventDeadlineSoon"
    ]


def test_once_when_a_tenth_is_left(alice: Desk) -> None:
    held = cast.fill(2)
    alice.pull(count=2)
    let_pass(530)
    warn()
    assert warnings(alice) == []
    let_pass(15)
    warn()
    warn()
    assert warnings(alice) == [held]


def test_a_minute_at_most(alice: Desk) -> None:
    cast.fill(1, handling_timeout=3000)
    alice.pull()
    let_pass(2920)
    warn()
    assert warnings(alice) == []
    let_pass(40)
    warn()
    assert len(warnings(alice)) == 1


def test_again_after_a_reset(alice: Desk) -> None:
    cast.fill(1)
    alice.pull()
    for _ in range(2):
        let_pass(541)
        warn()
        assert len(warnings(alice)) == 1
        alice.keep_alive().ok()
        warn()
        assert warnings(alice) == []


def test_not_of_what_is_over(alice: Desk) -> None:
    cast.fill(1)
    alice.pull()
    let_pass(601)
    warn()
    assert not AgentMessage.objects.filter(event="EventDeadlineSoon").exists()
    assert Party.objects.get().ended_at is None  # to end it is not the warning's business


def test_once_at_the_cap_however_busy_the_agent(alice: Desk) -> None:
    """The deadline moves no more, so nothing new is to be said."""
    Queue.objects.update(max_handling_time=1000)
    cast.fill(1)
    alice.pull()
    let_pass(500)
    alice.keep_alive().ok()  # now the deadline is the cap
    let_pass(450)
    warn()
    assert len(warnings(alice)) == 1
    for _ in range(3):
        alice.keep_alive().ok()
        warn()
    assert warnings(alice) == []
