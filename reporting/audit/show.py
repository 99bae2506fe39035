"""What the command says of an audit."""

from itertools import islice

from rich.console import Console
from rich.table import Table

from reporting.audit import Report, brief
from reporting.audit.steps import Place, where

MOST_PLACES = 50


def show(report: Report, console: Console) -> None:
    console.print(_checked(report))
    console.print(_places(report))
    for difference in report.differences:
        console.print(f"\n[bold]{difference.about}[/bold]")
        for wrong in difference.wrong:
            console.print(f"  {wrong}", soft_wrap=True, markup=False, highlight=False)
        for event in difference.events:
            console.print(f"    {brief(event)}", soft_wrap=True, markup=False, highlight=False, style="dim")
    if not report.differing:
        console.print("\nThe log leads to the tables as they are.")
    if more := report.differing - len(report.differences):
        console.print(f"\nand {more} more differences: --limit shows more")


def _checked(report: Report) -> Table:
    table = Table("checked", "", show_edge=False)
    table.columns[1].justify = "right"
    began = f"after event {report.began_after}" if report.began_after else "the first event"
    for what, value in {
        "as of": f"{report.at:%Y-%m-%d %H:%M:%S} UTC",
        "from": began,
        "events": f"{report.events:,}",
        "interactions": f"{report.interactions:,}",
        "parties": f"{report.parties:,}",
        "sessions": f"{report.sessions:,}",
        "seconds": f"{report.seconds:.1f}",
        "differences": f"{report.differing:,}",
    }.items():
        table.add_row(what, value)
    return table


def _places(report: Report) -> Table:
    """Those that differ come first."""
    table = Table("where", "waiting: log", "tables", "held: log", "tables", show_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    places = sorted({place for place, _ in report.told | report.found}, key=lambda at: _order(report, at))
    for place in islice(places, MOST_PLACES):
        counts = [
            f"{counter[place, state]:,}"
            for state in ("waiting", "held")
            for counter in (report.told, report.found)
        ]
        table.add_row(where(place), *counts, style="bold red" if _differs(report, place) else None)
    if len(places) > MOST_PLACES:
        table.add_row(f"and {len(places) - MOST_PLACES} more")
    return table


def _differs(report: Report, place: Place) -> bool:
    return any(report.told[place, state] != report.found[place, state] for state in ("waiting", "held"))


def _order(report: Report, place: Place) -> tuple[bool, str, int]:
    queue, workbin = place
    return not _differs(report, place), queue or "~", workbin or 0
