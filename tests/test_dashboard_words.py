"""What the dashboard says of a queue, rule by rule, and how it writes numbers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reporting.dashboard.alarms import OpenAlarm, Target
from reporting.dashboard.figures import QueueSums
from reporting.dashboard.queues import QueueLine
from reporting.dashboard.verdicts import State, judge, urgency
from reporting.dashboard.words import NBSP, about, counted, percent
from reporting.intervals import buckets
from reporting.intervals.buckets import Durations

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TARGET = Target(80, 60)


def waits(*seconds: int) -> Durations:
    counts: buckets.Counts = {}
    for each in seconds:
        buckets.count(counts, each * 1000)
    return Durations(counts, 0, max(seconds, default=0) * 1000)


def line(**given: object) -> QueueLine:
    usual = QueueLine(1, "email", "", False, 3, 4, 1, NOW, 10, QueueSums(), [4, 4], None, 0)
    return replace(usual, **given)  # type: ignore[arg-type]


def sums(pulled: int = 20, revoked: int = 0, entered: int = 20, slow: int = 0) -> QueueSums:
    return QueueSums(entered, pulled, 0, revoked, waits(*[5] * (pulled - slow), *[300] * slow))


@pytest.mark.parametrize(
    ("given", "state", "text"),
    [
        ({}, State.OK, "Flowing: the oldest waits 10 s."),
        ({"waiting": 0, "oldest_seconds": None, "held": 0}, State.OK, "Nothing waits, and nothing came in."),
        (
            {"waiting": 0, "oldest_seconds": None, "is_paused": True, "held": 0},
            State.OK,
            "Paused. Nothing waits.",
        ),
        ({"oldest_seconds": 301, "sums": sums()}, State.LOOK, "Oldest waits 5 min 1 s (over 5 min is long"),
        ({"oldest_seconds": 3001, "sums": sums()}, State.BAD, "Oldest waits 50 min"),
        (
            {"oldest_seconds": 61, "sums": sums(), "target": TARGET},
            State.LOOK,
            "Oldest waits 1 min 1 s (target 1 min).",
        ),
        ({"sums": sums(slow=5), "target": TARGET}, State.LOOK, "75 % pulled within 1 min (target 80 %)."),
        ({"sums": sums(slow=4), "target": TARGET}, State.OK, "On target: 80 % pulled within 1 min."),
        (
            {"sums": sums(), "target": TARGET, "late": 10, "oldest_seconds": 90},
            State.BAD,
            "66.6 % pulled within 1 min",
        ),
        ({"agents": 0}, State.BAD, "Nobody who may pull from it is logged in."),
        ({"agents": 0, "is_paused": True}, State.LOOK, "Paused: nobody can pull."),
        ({"sums": sums(revoked=4)}, State.LOOK, "20 % of pulls revoked. 3 agents logged in."),
        ({"sums": sums(revoked=8)}, State.BAD, "40 % of pulls revoked."),
        ({"sums": sums(pulled=9, revoked=9)}, State.OK, "Flowing"),
        (
            {"sums": sums(entered=60), "oldest_seconds": 400, "waiting": 44},
            State.BAD,
            "Growing: 60 came in, 20 were pulled.",
        ),
        ({"alarms": [OpenAlarm(1, "Slow", "email", "", NOW)]}, State.BAD, "1 open alarm: Slow."),
    ],
)
def test_verdicts(given: dict[str, object], state: State, text: str) -> None:
    said = judge(line(**given))
    assert said.state == state
    assert text in said.text.replace(NBSP, " ")


def test_the_longest_overdue_of_the_same_state_stands_first() -> None:
    late = line(queue="late", oldest_seconds=500, target=TARGET)
    later = line(queue="later", oldest_seconds=700)  # of the 300 s that are assumed
    fine = line(queue="fine", waiting=900)
    order = sorted([fine, later, late], key=lambda one: urgency(one, judge(one)))
    assert [one.queue for one in order] == ["late", "later", "fine"]


def test_nothing_pulled_has_no_share_and_what_waits_late_counts() -> None:
    assert line(target=TARGET, sums=QueueSums()).in_time is None
    assert line(target=TARGET, sums=QueueSums(), late=3).in_time == 0
    assert line(sums=sums()).in_time is None


def test_numbers() -> None:
    spans = (0, 0.25, 12.3, 125, 599, 850, 3600, 7500, 86_400, 100_000)
    words = [about(seconds).replace(NBSP, " ") for seconds in spans]
    assert words[:5] == ["0 s", "0.2 s", "12 s", "2 min 5 s", "9 min 59 s"]
    assert words[5:] == ["14 min", "1 h", "2 h 5 min", "1 d", "1 d 3 h"]
    shares = [percent(share).replace(NBSP, " ") for share in (0, 0.001, 0.5, 0.999, 1)]
    assert shares == ["0 %", "under 1 %", "50 %", "over 99 %", "100 %"]
    assert (counted(1, "queue"), counted(1200, "pull")) == ("1 queue", "1,200 pulls")
