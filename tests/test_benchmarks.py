"""The kit of the benchmarks is right: what it compares, what it calls reached, what it writes down."""

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

import benchmarks
from benchmarks import NAMES, SUITE
from benchmarks.kit import summary
from benchmarks.kit.results import Results, alternate

MODULES = sorted(
    path.stem for path in Path(benchmarks.__file__).parent.glob("*.py") if not path.stem.startswith("_")
)
PARTS = {"bare", "year"}  # of other benchmarks


def test_each_is_named_and_runs_with_results() -> None:
    """Read, and not imported: what they compare with is installed for benchmarks alone."""
    assert set(MODULES) - PARTS == set(NAMES)
    assert set(SUITE) <= set(NAMES)
    for name in NAMES:
        source = ast.parse((Path(benchmarks.__file__).parent / f"{name}.py").read_text())
        [run] = [part for part in source.body if isinstance(part, ast.FunctionDef) and part.name == "run"]
        [given] = run.args.args
        assert given.annotation and ast.unparse(given.annotation) == "Results", name


def test_what_is_compared_runs_in_turn_and_in_both_orders() -> None:
    ran: list[str] = []

    def act(name: str) -> Callable[[], float]:
        def run() -> float:
            ran.append(name)
            return float(len(ran))

        return run

    found = alternate({"ours": act("ours"), "theirs": act("theirs")}, rounds=3)
    assert ran == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert found == {"ours": [1, 4, 5], "theirs": [2, 3, 6]}


def test_a_ratio_is_that_of_each_round() -> None:
    """The machine was shaken in the second; both were."""
    ratio = results().ratio("ours / theirs", [1.0, 9.0, 3.0], [1.0, 10.0, 2.0], at_most=1.2)
    assert ratio.values == [1.0, 0.9, 1.5]
    assert (ratio.median, ratio.is_reached) == (1.0, True)


@pytest.mark.parametrize(
    ("given", "is_reached"),
    [
        ({"at_least": 2.0}, True),
        ({"at_least": 2.1}, False),
        ({"at_most": 2.0}, True),
        ({"at_most": 1.9}, False),
        ({"at_least": 0.0, "at_most": 1.9}, False),
        ({}, None),
    ],
)
def test_a_figure_says_whether_it_is_reached(
    given: dict[str, float], is_reached: bool | None, capsys: pytest.CaptureFixture[str]
) -> None:
    figure = results().figure("pulls", "/s", [1.0, 2.0, 3.0], **given)
    said = capsys.readouterr().out
    assert figure.is_reached is is_reached
    assert ("NOT reached" in said) is (is_reached is False)
    assert ("reached" in said) is (is_reached is not None)


def test_a_point_is_the_middle_of_its_samples() -> None:
    found = results()
    assert found.point("a pull", "ms", "waiting", 1_000, [float(n) for n in range(101)]) == 50
    found.point("a pull", "ms", "waiting", 10_000, [7.0, 7.0])
    [curve] = found.curves
    assert curve.points == {1_000: (10, 50, 90), 10_000: (7, 7, 7)}


def test_all_is_written_down(tmp_path: Path) -> None:
    """One part failed, and left a file of an earlier run."""
    one, two, old = results("one"), results("two"), results("old")
    one.ratio("ours / theirs", [1.0], [2.0], at_least=1)
    one.figure("pulls", "/s", [100.0])
    two.figure("late", "s", [0.2], at_most=0.25)
    two.point("a pull", "ms", "waiting", 1_000, [1.0, 2.0])
    old.figure("of yesterday", "s", [1.0])
    for part in (one, two, old):
        part.save(tmp_path / f"{part.benchmark}.json")
    whole = summary.collect(tmp_path, ["one", "two", "old"], failed=["old"])
    assert json.loads((tmp_path / summary.FILE).read_text()) == whole
    assert [figure["what"] for figure in whole["figures"]] == ["ours / theirs", "pulls", "late"]
    assert [figure["is_reached"] for figure in whole["figures"]] == [False, None, True]
    assert whole["curves"][0]["points"] == {"1000": [1.1, 1.5, 1.9]}
    assert whole["failed"] == ["old"]
    assert summary.markdown(whole).splitlines()[2:] == [
        "| ours / theirs | 0.5 | 0.5 | 0.5 | ≥ 1 | NOT reached |",
        "| pulls, /s | 100 | 100 | 100 |  |  |",
        "| late, s | 0.2 | 0.2 | 0.2 | ≤ 0.25 | reached |",
    ]
    console = Console(width=150)
    with console.capture() as said:
        console.print(summary.table(whole))
    lines = {line.split("│")[2].strip(): line for line in said.get().splitlines() if line.count("│") > 3}
    assert "1 of 2 targets reached" in said.get()
    assert "NOT reached" in lines["ours / theirs (ratio)"]
    assert "≤ 0.25 │ reached" in lines["late (s)"]
    assert len(lines) == 2  # what has no target stands in the file


def results(name: str = "one") -> Results:
    return Results(name, is_full=False)
