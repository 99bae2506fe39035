"""What an agent is shown: the holds, the queues, the session."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings

from interactions.models import Queue
from tests import cast
from tests.applications import Desk, Log
from tests.clock import let_pass

pytestmark = pytest.mark.django_db(transaction=True)

PARTY = {
    "id",
    "interaction",
    "agent",
    "operation",
    "queue",
    "workbin",
    "joined_at",
    "handling_timeout",
    "deadline_at",
    "expires_at",
}


def seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def test_the_same_holds_in_both_lists(alice: Desk, bob: Desk, log: Log) -> None:
    """Out of a queue, out of a workbin and submitted; mine alone, each moved by the asking."""
    Queue.objects.filter(name=cast.SUPPORT).update(max_handling_time=5000)
    drafts = cast.drafts_of("alice")
    [pulled, _] = cast.fill(2)
    [draft] = cast.fill(1, drafts)
    alice.take()
    alice.post(f"workbins/{drafts}/pull", count=1).ok()
    made = alice.submit().ok(201)["interaction"]["id"]
    bob.take()
    log.skip()
    let_pass(100)

    kept, listed = alice.keep_alive().ok(), alice.get("parties").ok()

    assert (set(kept), kept["event"]) == ({"event", "server_time", "parties"}, "EventAck")
    assert set(listed) == {"server_time", "parties"}
    assert [
        (one["interaction"], one["operation"], one["queue"], one["workbin"]) for one in kept["parties"]
    ] == [
        (pulled, "Pull", cast.SUPPORT, None),
        (draft, "Pull", None, drafts),
        (made, "Submit", cast.SUPPORT, None),
    ]
    for reply in (kept, listed):
        for party in reply["parties"]:
            assert (set(party), party["agent"]) == (PARTY, "alice")
            assert 100 <= seconds(party["joined_at"], reply["server_time"]) < 110
            left = seconds(reply["server_time"], party["deadline_at"])
            assert party["handling_timeout"] - 5 < left <= party["handling_timeout"]
            capped = party["queue"] is not None
            assert (party["expires_at"] is not None) is capped
            if capped:
                assert seconds(party["joined_at"], party["expires_at"]) == 5000
    assert [one["id"] for one in listed["parties"]] == [one["id"] for one in kept["parties"]]
    assert log.new() == []
    assert alice.mail() == []


def test_nothing_held(alice: Desk) -> None:
    assert alice.keep_alive().ok()["parties"] == alice.parties() == []


def test_the_queues(alice: Desk) -> None:
    """Those alice may pull from, by their position; since when the one that waits longest has waited."""
    Queue.objects.filter(name=cast.SUPPORT).update(position=5, description="What customers write")
    cast.queue("zz-first", cast.TEAM, position=1, is_paused=True)
    cast.queue("others", "other-team")
    cast.fill(3)
    alice.take()
    let_pass(100)
    alice.place_in_queue(alice.parties()[0]).ok()  # it waits anew
    alice.take()

    found = alice.get("queues").ok()

    now = alice.get("parties").ok()["server_time"]
    [first, support] = found["queues"]
    assert first == {
        "name": "zz-first",
        "description": "",
        "is_paused": True,
        "waiting": 0,
        "held": 0,
        "oldest_waiting_at": None,
    }
    oldest = support.pop("oldest_waiting_at")
    assert support == {
        "name": cast.SUPPORT,
        "description": "What customers write",
        "is_paused": False,
        "waiting": 2,
        "held": 1,
    }
    assert 100 <= seconds(oldest, now) < 110


def test_until_when_a_session_lasts(alice: Desk) -> None:
    """As long again as it may be idle, from each request on."""
    for _ in range(2):
        current = alice.get("sessions/current").ok()
        now = alice.get("parties").ok()["server_time"]
        left = timedelta(seconds=seconds(now, current["expires_at"]))
        idle = timedelta(seconds=settings.SESSION_IDLE_TIMEOUT)
        assert idle - timedelta(seconds=60) < left <= idle
        let_pass(1000)
