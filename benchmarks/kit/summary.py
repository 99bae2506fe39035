"""One file, its pictures and a table, of what the benchmarks left."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.kit.results import number

FILE = "benchmarks.json"
VERDICTS = {None: "", True: "reached", False: "NOT reached"}


def write(output: Path, names: Sequence[str], failed: Sequence[str]) -> None:
    """benchmarks.json and the pictures, of the files of `names`."""
    whole = collect(output, names, failed)
    try:
        from benchmarks.kit import plots
    except ImportError as error:
        print(f"No pictures without {error.name}: make bench-env")
    else:
        plots.draw(whole, output)
    Console(width=130).print(table(whole))
    (output / "benchmarks.md").write_text(markdown(whole))
    for name in failed:
        print(f"{name} FAILED")
    print(f"All figures are in {output / FILE}, the pictures beside it.")


def collect(output: Path, names: Sequence[str], failed: Sequence[str]) -> dict[str, Any]:
    """What is written into benchmarks.json."""
    parts = [json.loads((output / f"{name}.json").read_text()) for name in names if name not in failed]
    whole = {
        "machine": parts[-1]["machine"] if parts else {},
        "figures": [figure for part in parts for figure in part["figures"]],
        "curves": [curve for part in parts for curve in part["curves"]],
        "failed": list(failed),
    }
    (output / FILE).write_text(json.dumps(whole, indent=1))
    return whole


def markdown(whole: dict[str, Any]) -> str:
    """All figures, for docs/benchmarks.md."""
    lines = ["| | median | from | to | target | |", "|---|---|---|---|---|---|"]
    for figure in whole["figures"]:
        values = map(number, (figure["median"], min(figure["values"]), max(figure["values"])))
        unit = "" if figure["unit"] in ("", "ratio") else f", {figure['unit']}"
        reach = "" if figure["is_reached"] is None else target(figure)
        cells = [f"{figure['what']}{unit}", *values, reach, VERDICTS[figure["is_reached"]]]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def table(whole: dict[str, Any]) -> Table:
    """What has a target, and whether it was reached."""
    with_target = [figure for figure in whole["figures"] if figure["is_reached"] is not None]
    reached = sum(figure["is_reached"] for figure in with_target)
    title = f"{reached} of {len(with_target)} targets reached"
    rows = Table("", "", *("median", "from", "to", "target"), "", title=title, title_justify="left")
    for column in rows.columns[2:6]:
        column.justify, column.no_wrap = "right", True
    for figure in with_target:
        values = map(number, (figure["median"], min(figure["values"]), max(figure["values"])))
        verdict, colour = VERDICTS[figure["is_reached"]], "green" if figure["is_reached"] else "bold red"
        what = f"{figure['what']} ({figure['unit']})"
        rows.add_row(figure["benchmark"], what, *values, target(figure), f"[{colour}]{verdict}[/]")
    return rows


def target(figure: dict[str, Any]) -> str:
    if figure["at_least"] is not None:
        return f"≥ {number(figure['at_least'])}"
    return f"≤ {number(figure['at_most'])}"
