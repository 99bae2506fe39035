"""What is checked after a fault: a sound play passes, and each check finds what it is there for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from config.simulation.ledger import Ledger
from config.simulation.replay import Replay
from tests.faults import checks
from tests.faults.checks import CHECKS, Check, Record, Size, problems
from tests.faults.watch import Sample, Span, outages
from tests.faults.witness import Answer, holds_in

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
NUMBERS = count(1)


def at(seconds: float) -> str:
    return datetime.fromtimestamp(NOON + seconds, UTC).isoformat()


def event(name: str, seconds: float, party: int | None = None, **given: Any) -> dict[str, Any]:
    return {
        "id": next(NUMBERS), "event": name, "interaction": 1, "at": at(seconds), "party": party,
        "reason": None, "attributes": {}, **given,
    }  # fmt: skip


def submitted() -> list[dict[str, Any]]:
    return [event("EventInteractionSubmitted", 0), event("EventPlacedInQueue", 0)]


def pulled(party: int, seconds: float) -> list[dict[str, Any]]:
    return [event("EventTakenFromQueue", seconds), event("EventPartyAdded", seconds, party)]


def expired(party: int, deadline: float, late: float) -> list[dict[str, Any]]:
    """With a timeout of ten seconds or so."""
    why: dict[str, Any] = {"reason": "Expired"}
    told = {"deadline_at": at(deadline), "late_seconds": late}
    return [
        event("EventPartyRemoved", deadline + late, party, **why),
        event("EventRevoked", deadline + late, party, **why, attributes=told),
    ]


def a_sound_play() -> Record:
    """Party 10 went quiet and expired at 20 s, late by 0.4 s; then 11, and expired during an outage."""
    events = [*submitted(), *pulled(10, 10), *expired(10, 20, 0.4), *pulled(11, 25), *expired(11, 35, 6.5)]
    return Record(
        events=events,
        logged=[each["id"] for each in events],
        answers=[
            Answer(NOON, 0.1, "POST /pull", 200),
            Answer(NOON, 0.1, "POST /pull", 409, is_problem=True),
            Answer(NOON, 2.0, "POST /pull", 503, is_problem=True),
            Answer(NOON, 0.1, "POST /pull", error="ReadError()", is_broken=True),
        ],
        deadlines={10: NOON + 20, 11: NOON + 34},
        outages=[Span(NOON + 34, NOON + 40)],
        expected={1: [each["event"] for each in events]},
        back={"fault": 4.0},
        first={"web-1 (1)": Size("web-1", 1, 100, 20, 4), "beat (2)": Size("beat", 2, 60, 9, 0)},
        looks=[Size("web-1", 1, 110, 50, 4), Size("beat", 2, 60, 9, 0)],
        after=[Size("web-1", 3, 140, 40, 4), Size("beat", 2, 60, 9, 0)],
        connections={"web-1": 5},
    )


def doubled(record: Record) -> None:
    record.events[4] |= {"event": "EventPartyAdded", "party": 12}


def removed_from_another(record: Record) -> None:
    record.events[4] |= {"party": 12}


def lost(record: Record) -> None:
    """The log ends in the middle of a step; as the simulation's replay sees it."""
    replay = Replay()
    for each in record.events[:3]:
        replay.feed(each)
    record.told = replay.verdict(Ledger())


def done_again(record: Record) -> None:
    record.expected[1].pop()


def skipped(record: Record) -> None:
    del record.events[3]


def read_again(record: Record) -> None:
    record.events.append(record.events[-1])


def read_in_another_order(record: Record) -> None:
    record.events[2:4] = reversed(record.events[2:4])


def ended_early_by_the_log(record: Record) -> None:
    record.events[5] |= {"at": at(19.9)}


def ended_early_by_the_agent(record: Record) -> None:
    record.deadlines[10] = NOON + 21


def ended_late(record: Record) -> None:
    record.events[5] |= {"at": at(21.1)}


def ended_late_after_an_outage(record: Record) -> None:
    record.outages = [Span(NOON + 34, NOON + 39)]


def an_outage_too_late(record: Record) -> None:
    """It came when the hold should have been over already."""
    record.outages = [Span(NOON + 36.5, NOON + 41)]


def never_ended(record: Record) -> None:
    record.open_holds = 1


def no_answer(record: Record) -> None:
    record.answers.append(Answer(NOON, 15, "POST /pull", error="ReadTimeout()"))


def an_error_of_the_server(record: Record) -> None:
    record.answers.append(Answer(NOON, 0.1, "POST /pull", 500, is_problem=True))


def an_error_without_a_problem(record: Record) -> None:
    record.answers.append(Answer(NOON, 0.1, "POST /pull", 503))


def answered_after_ages(record: Record) -> None:
    record.answers.append(Answer(NOON, 16, "POST /pull", 200))


def not_back_in_time(record: Record) -> None:
    record.back["fault"] = 15.5


def not_counted(record: Record) -> None:
    record.uncounted = 3


def a_difference(record: Record) -> None:
    record.differences.append("interaction 1: by the log its state is queued, and in fact handling")


def a_process_too_many(record: Record) -> None:
    record.orphans[77] = "celery worker"


def more_memory(record: Record) -> None:
    """Of one that has died since."""
    record.looks[0] = replace(record.looks[0], memory=133)


def more_files(record: Record) -> None:
    record.after[1] = replace(record.after[1], files=26)


def more_connections(record: Record) -> None:
    """For a while, and of one that has died since."""
    record.looks[0] = replace(record.looks[0], connections=6)


def not_done(record: Record) -> None:
    record.unplayed.append("worker-idle: it was not running")


TWINS: list[tuple[Check, Callable[[Record], None]]] = [
    (checks.played, not_done),
    (checks.held_twice, doubled),
    (checks.held_twice, removed_from_another),
    (checks.as_they_were_told, lost),
    (checks.done_once, done_again),
    (checks.read_once, skipped),
    (checks.read_once, read_again),
    (checks.read_once, read_in_another_order),
    (checks.early, ended_early_by_the_log),
    (checks.early, ended_early_by_the_agent),
    (checks.late, ended_late),
    (checks.late, ended_late_after_an_outage),
    (checks.late, an_outage_too_late),
    (checks.late, never_ended),
    (checks.unanswered, no_answer),
    (checks.unanswered, an_error_of_the_server),
    (checks.unanswered, an_error_without_a_problem),
    (checks.unanswered, answered_after_ages),
    (checks.not_back, not_back_in_time),
    (checks.not_back, not_counted),
    (checks.audited, a_difference),
    (checks.left_over, a_process_too_many),
    (checks.grown, more_memory),
    (checks.grown, more_files),
    (checks.grown, more_connections),
]


def test_a_sound_play_passes() -> None:
    assert problems(a_sound_play()) == []


@pytest.mark.parametrize(("check", "spoil"), TWINS, ids=lambda each: each.__name__)
def test_what_is_wrong_is_found(check: Check, spoil: Callable[[Record], None]) -> None:
    record = a_sound_play()
    spoil(record)
    assert [*check(record)]


def test_each_check_has_a_twin() -> None:
    assert {check for check, _ in TWINS} == {*CHECKS}


def test_whoever_holds_a_locked_row_is_excused_alone() -> None:
    record = a_sound_play()
    ended_late(record)
    record.excused = {11: Span(NOON + 19, NOON + 20.5)}
    assert [*checks.late(record)]
    record.excused = {10: Span(NOON + 19, NOON + 20.5)}
    assert not [*checks.late(record)]


def test_an_outage_lasts_from_the_last_good_look_to_the_next() -> None:
    looks = [True, False, False, True, True, False]
    samples = [Sample(number, is_alive) for number, is_alive in enumerate(looks)]
    assert [*outages(samples)] == [Span(0, 3), Span(4, float("inf"))]
    assert not [*outages([Sample(0, False), Sample(1, True), Sample(2, True)])]


def test_all_deadlines_in_an_answer_are_heard() -> None:
    party = {"id": 3, "interaction": 1, "deadline_at": at(1), "handling_timeout": 1}
    heard = {3: NOON + 1}
    assert dict(holds_in({"parties": [party]})) == heard
    assert dict(holds_in({"interaction": {"id": 1, "party": party}})) == heard
    assert dict(holds_in({"interactions": [{"id": 1, "party": party}, {"id": 2, "party": None}]})) == heard
