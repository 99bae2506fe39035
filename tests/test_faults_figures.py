"""What faults did, in figures: each gets what fell into its time, and the table tells what was played."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.faults.__main__ import together
from tests.faults.acts import FAULTS
from tests.faults.checks import Record
from tests.faults.figures import figures_of
from tests.faults.play import Strike, in_order
from tests.faults.table import BEGIN, END, lines, spans, write
from tests.faults.watch import Span
from tests.faults.witness import Answer

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


def expired(party: int, deadline: float, late: float) -> dict[str, Any]:
    at = datetime.fromtimestamp(NOON + deadline + late, UTC).isoformat()
    told = {"deadline_at": datetime.fromtimestamp(NOON + deadline, UTC).isoformat()}
    return {"event": "EventRevoked", "reason": "Expired", "party": party, "at": at, "attributes": told}


def test_each_strike_has_what_fell_into_its_time() -> None:
    """The first has what came before it, too, and the last what came after it."""
    record = Record(
        answers=[
            Answer(NOON + 1, 0.1, "POST /pull", 200),
            Answer(NOON + 11, 3.0, "POST /pull", 503, is_problem=True),
            Answer(NOON + 30, 0.2, "POST /pull", 200),
        ],
        events=[expired(1, 9, 0.5), expired(2, 12, 4.5), expired(3, 18, 0.25)],
        outages=[Span(NOON + 11, NOON + 16)],
        back={"broker-killed": 1.0, "database-killed": 6.0},
    )
    strikes = [
        Strike("broker-killed", NOON + 5, NOON + 6),
        Strike("database-killed", NOON + 10, NOON + 11),
    ]
    first, second = figures_of(record, strikes)
    assert (first.requests, first.disturbed, first.expired, first.back) == (1, 0, 1, 1.0)
    assert (first.late, first.late_after, first.at) == (0.5, 0.0, "12:00:05.000")
    assert (second.requests, second.disturbed, second.expired, second.back) == (2, 1, 2, 6.0)
    assert (second.late, second.late_after, second.answer) == (0.25, 0.5, 3.0)
    assert second.disturbances == {"POST /pull: 503": 1}


def test_the_order_follows_from_the_seed() -> None:
    """But what needs rest comes before the load."""
    faults = [*FAULTS.values()]
    orders = [[fault.name for fault in in_order(faults, seed)] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2]) == sorted(FAULTS)
    assert orders[0][0] == orders[2][0] == "worker-idle"


def a_play(kind: str, seed: int, fault: str, *problems: str, commit: str = "abc1234") -> dict[str, Any]:
    strike = {
        "fault": fault, "requests": 1000, "disturbed": 2, "expired": 30, "late": seed / 10,
        "late_after": 0.0, "answer": 1.0, "back": 2.5,
    }  # fmt: skip
    return {
        "kind": kind, "seed": seed, "commit": commit, "cores": 2, "problems": [*problems],
        "from": "2026-03-01T12:00:00+00:00", "until": f"2026-03-01T12:0{seed}:00+00:00", "strikes": [strike],
    }  # fmt: skip


def found(*plays: dict[str, Any]) -> dict[str, Any]:
    return {"plays": [*plays], "skipped": [], "left": [], "died": []}


def test_the_table_tells_which_rounds_were_played(tmp_path: Path) -> None:
    document = tmp_path / "reliability.md"
    document.write_text(f"Before.\n\n{BEGIN}\n\nan older one\n\n{END}\n\nAfter.\n")
    plays = [a_play("plain", seed, "beat-killed") for seed in (1, 2, 4)]
    write(document, found(*plays, a_play("special", 1, "disk-full", commit="def5678")))
    assert document.read_text() == (
        f"Before.\n\n{BEGIN}\n\n"
        "4 faults struck, 4,000 requests, 120 holds that expired, **0 things wrong**:\n\n"
        "* `plain`: 3 rounds, seeds 1 to 2, 4, commit abc1234, 2026-03-01 12:00 to 12:04 UTC, 2 cores\n"
        "* `special`: 1 rounds, seeds 1, commit def5678, 2026-03-01 12:00 to 12:01 UTC, 2 cores\n\n"
        "| fault | times | requests | disturbed | expired | late | late after | answer | back |\n"
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: |\n"
        f"| `disk-full`: {FAULTS['disk-full'].why} | 1 | 1,000 | 2 | 30 | 0.10 | 0.00 | 1.00 | 2.50 |\n"
        f"| `beat-killed`: {FAULTS['beat-killed'].why} "
        "| 3 | 3,000 | 6 | 90 | 0.40 | 0.00 | 1.00 | 2.50 |\n\n"
        f"{END}\n\nAfter.\n"
    )


def test_the_table_tells_what_was_wrong_and_what_was_not_played() -> None:
    plays = found(
        a_play("plain", 3, "beat-killed", "late: party 7", "left_over: process 9"),
        a_play("plain", 4, "beat-killed", "late: party 8"),
    )
    told = [*lines(plays | {"skipped": ["disk-full"], "died": ["the stage special ended with 1"]})]
    assert told[0].endswith("**4 things wrong**:")
    assert told[-3:] == [
        "* `late` on `plain`, seeds 3 to 4: party 8 (and 1 more)",
        "* `left_over` on `plain`, seeds 3: process 9",
        "* the stage special ended with 1",
    ]
    assert any(line.startswith("`disk-full` was not played") for line in told)


def test_seeds_are_told_as_spans() -> None:
    assert spans([3, 1, 2, 7, 9, 8, 11]) == "1 to 3, 7 to 9, 11"


def test_what_an_earlier_run_has_found_is_gone_on_with() -> None:
    before = found(a_play("plain", 1, "beat-killed")) | {"skipped": ["disk-full"]}
    new = found(a_play("plain", 2, "beat-killed")) | {"skipped": ["disk-full"], "left": ["a worker"]}
    both: Any = [SimpleNamespace(found=new), SimpleNamespace(found={"died": ["another"]})]
    joined = together(before, both)
    assert [play["seed"] for play in joined["plays"]] == [1, 2]
    assert (joined["skipped"], joined["left"], joined["died"]) == (["disk-full"], ["a worker"], ["another"])
    assert [play["seed"] for play in before["plays"]] == [1]
