"""One interaction's life: what it spent waiting, in hands and in workbins, who and why."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from interactions.models import Queue
from interactions.tasks import revoke_due
from reporting.life import Span, spans_of, spent
from reporting.rows import life
from tests import cast
from tests.applications import Application, Desk, Json, Log
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

SUPPORT = cast.SUPPORT


def history(log: Log, interaction: int) -> Json:
    """As the API tells it, after what must be true of every life."""
    found = log.reader.get(f"reporting/interactions/{interaction}").ok()
    spans, events = found["spans"], found["events"]
    assert spans[0]["begin"] == events[0]["at"]
    for before, after in itertools.pairwise(spans):
        assert before["end"] == after["begin"]
    for kind, seconds in found["spent"].items():
        assert seconds == pytest.approx(sum(span["seconds"] for span in spans if span["kind"] == kind))
    if events[-1]["event"] == "EventProcessingStopped":
        age = datetime.fromisoformat(events[-1]["at"]) - datetime.fromisoformat(events[0]["at"])
        assert sum(found["spent"].values()) == pytest.approx(age.total_seconds())
        assert spans[-1]["end"] == events[-1]["at"]
    else:
        assert spans[-1]["end"] is None
    return found


def told(found: Json) -> list[str]:
    """`in_hands alice @email-support: EventPartyAdded agent -> EventPartyRemoved Expired timer`."""
    return [_told(span) for span in found["spans"]]


def _told(span: Json) -> str:
    where = f"@{span['queue'] or 'workbin'}"
    turns = [_turn(span["began"]), _turn(span["ended"]) if span["ended"] else "…"]
    return " ".join(filter(None, (span["kind"], span["agent"], f"{where}:", *turns)))


def _turn(turn: Json) -> str:
    words = (turn["event"].removeprefix("Event"), turn["reason"], turn["actor"]["name"])
    return "/".join(filter(None, words))


def test_waiting_taken_and_done(alice: Desk, log: Log) -> None:
    [interaction] = cast.fill(1)
    party = alice.take()
    alice.stop_held(party, reason="answered").ok()
    found = history(log, interaction)
    assert told(found) == [
        "waiting @email-support: PlacedInQueue/mail-gateway TakenFromQueue/alice",
        "in_hands alice @email-support: PartyAdded/alice PartyRemoved/Stopped/alice",
    ]
    assert [span["party"] for span in found["spans"]] == [None, party["id"]]
    assert [event["event"] for event in found["events"]][-1] == "EventProcessingStopped"


def test_still_waiting(log: Log) -> None:
    [interaction] = cast.fill(1)
    first, second = history(log, interaction), history(log, interaction)
    assert told(first) == ["waiting @email-support: PlacedInQueue/mail-gateway …"]
    assert 0 < first["spent"]["waiting"] < second["spent"]["waiting"]
    assert first["spent"] | {"waiting": 0} == {"waiting": 0, "in_hands": 0, "in_workbins": 0}


def test_stopped_while_it_waits(gateway: Application, log: Log) -> None:
    [interaction] = cast.fill(1)
    gateway.stop(interaction, reason="withdrawn").ok()
    assert told(history(log, interaction)) == [
        "waiting @email-support: PlacedInQueue/mail-gateway ProcessingStopped/withdrawn/mail-gateway"
    ]


def test_expired_and_taken_again(alice: Desk, bob: Desk, log: Log) -> None:
    [interaction] = cast.fill(1)
    alice.take()
    make_overdue(interaction)
    revoke_due()
    bob.take()
    found = history(log, interaction)
    assert told(found) == [
        "waiting @email-support: PlacedInQueue/mail-gateway TakenFromQueue/alice",
        "in_hands alice @email-support: PartyAdded/alice PartyRemoved/Expired/revocation",
        "waiting @email-support: PartyRemoved/Expired/revocation TakenFromQueue/bob",
        "in_hands bob @email-support: PartyAdded/bob …",
    ]
    assert found["spans"][1]["late_seconds"] >= 1
    assert [span["late_seconds"] for span in found["spans"]].count(None) == 3


def test_revoked_by_hand(alice: Desk, lena: Desk, log: Log) -> None:
    [interaction] = cast.fill(1)
    alice.take()
    lena.revoke(interaction, reason="at lunch").ok()
    found = history(log, interaction)
    assert told(found)[1:] == [
        "in_hands alice @email-support: PartyAdded/alice PartyRemoved/Revoked/lena",
        "waiting @email-support: PartyRemoved/Revoked/lena …",
    ]
    assert (found["spans"][1]["late_seconds"], found["spans"][1]["comment"]) == (0, "at lunch")


def test_logged_out(alice: Desk, log: Log) -> None:
    [interaction] = cast.fill(1)
    alice.take()
    alice.log_out().ok(204)
    found = history(log, interaction)
    assert told(found)[1:] == [
        "in_hands alice @email-support: PartyAdded/alice PartyRemoved/LoggedOut/alice",
        "waiting @email-support: PartyRemoved/LoggedOut/alice …",
    ]
    assert found["spans"][1]["late_seconds"] is None


def test_parked(alice: Desk, log: Log) -> None:
    """It goes from hands to the parking queue, and waits nowhere in between."""
    Queue.objects.filter(name=SUPPORT).update(
        max_revocations=0, parking_queue=cast.queue("email-parked", "leads")
    )
    [interaction] = cast.fill(1)
    alice.take()
    make_overdue(interaction)
    revoke_due()
    found = history(log, interaction)
    assert told(found)[1:] == [
        "in_hands alice @email-support: PartyAdded/alice PartyRemoved/Expired/revocation",
        "waiting @email-parked: PlacedInQueue/Parked/revocation …",
    ]
    assert found["spans"][1]["late_seconds"] >= 1


def test_by_way_of_a_workbin(alice: Desk, root: Desk, log: Log) -> None:
    """Waiting in it and held out of it are two things."""
    drafts = cast.drafts_of("alice")
    [interaction] = cast.fill(1)
    alice.place_in_workbin(alice.take(), drafts).ok()
    [pulled] = alice.post(f"workbins/{drafts}/pull", count=1).ok()["interactions"]
    alice.place_in_workbin(pulled["party"], drafts).ok()
    root.post(f"interactions/{interaction}/place-in-queue", queue=SUPPORT).ok()
    found = history(log, interaction)
    assert told(found) == [
        "waiting @email-support: PlacedInQueue/mail-gateway TakenFromQueue/alice",
        "in_hands alice @email-support: PartyAdded/alice PartyRemoved/Placed/alice",
        "in_workbins @workbin: PlacedInQueue/alice TakenFromQueue/alice",
        "in_hands alice @workbin: PartyAdded/alice PartyRemoved/Placed/alice",
        "in_workbins @workbin: PlacedInQueue/alice PlacedInQueue/root",
        "waiting @email-support: PlacedInQueue/root …",
    ]
    assert all(found["spent"].values())


def test_submitted_by_an_agent(alice: Desk, log: Log) -> None:
    """In hands from the first event on."""
    submitted = alice.submit().ok(201)["interaction"]
    alice.change_held(submitted["party"], priority=3).ok()
    assert told(history(log, submitted["id"])) == ["in_hands alice @email-support: PartyAdded/alice …"]


def test_an_unknown_interaction_has_no_life(log: Log) -> None:
    log.reader.get("reporting/interactions/999999").refused(404, "not_found")


def spans_from(interaction: int, moved: dict[int, float], now: float) -> tuple[list[Span], list[float]]:
    """Its events, some of them moved by seconds, at a moment so many seconds after the first."""
    events = life(interaction)
    first = events[0].at
    told = [event._replace(at=first + timedelta(seconds=moved.get(n, n))) for n, event in enumerate(events)]
    spans = spans_of(told, first + timedelta(seconds=now))
    return spans, list(spent(spans).values())


@pytest.fixture
def held(alice: Desk) -> int:
    """Submitted, placed, taken, added."""
    [interaction] = cast.fill(1)
    alice.take()
    return interaction


@pytest.mark.parametrize(
    ("moved", "now", "expected"),
    [
        ({}, 10, [1, 7, 0]),
        ({}, -10, [1, 0, 0]),  # the clock stands before the first event
        ({2: -5, 3: -5}, 10, [0, 9, 0]),  # it was set back while it waited
        ({2: 1e6, 3: 1e6}, 1e6 + 1, [1e6 - 1, 1, 0]),
    ],
)
def test_clocks(held: int, moved: dict[int, float], now: float, expected: list[float]) -> None:
    spans, sums = spans_from(held, moved, now)
    assert dict(zip(("waiting", "in_workbins", "in_hands"), sums, strict=True)) == {
        "waiting": expected[0],
        "in_hands": expected[1],
        "in_workbins": expected[2],
    }
    assert all(span.seconds >= 0 for span in spans)


def test_a_lost_event_makes_no_overlap(alice: Desk, bob: Desk, lena: Desk, log: Log) -> None:
    """What is left of a damaged life is told as well as may be; that it is damaged, audit says."""
    [interaction] = cast.fill(1)
    alice.take()
    lena.revoke(interaction).ok()
    bob.take()
    events = life(interaction)
    for lost in range(len(events)):
        spans = spans_of(events[:lost] + events[lost + 1 :], events[-1].at)
        for before, after in itertools.pairwise(spans):
            assert before.end is not None and before.end <= after.begin
    assert spans_of([], events[-1].at) == []


def test_no_events(db: Any) -> None:
    assert spent([]) == {"waiting": 0, "in_workbins": 0, "in_hands": 0}
