"""What came of a run: a line a scenario, and how late holds expired."""

from collections import Counter
from collections.abc import Iterator, Sequence

from .lateness import Lateness, figures

try:
    from rich.console import Console
    from rich.table import Table
except ImportError:  # it is nicer with rich, and the same without
    Console = Table = None  # type: ignore[assignment,misc]

Row = Sequence[str]
HEAD = ("ms from deadline to revocation", "holds", "min", "p50", "p99", "max")


def show(outcomes: Sequence[Row], lateness: Lateness, again: int = 0) -> None:
    """Theme, name, outcome and seconds of each."""
    if not outcomes:
        return
    say("")
    print_table(("theme", "scenario", "", "s"), list(_once_a_theme(outcomes)))
    late = {"by the log": lateness.by_log, "as the holder was told": lateness.as_told}
    rows = [
        (name, str(len(values)), *map(str, figures(values).values()))
        for name, values in late.items()
        if values
    ]
    if rows:
        say("")
        print_table(HEAD, rows)
    counts = Counter(outcome for _, _, outcome, _ in outcomes)
    told = [f"{counts[which]} {which}" for which in COLOURS if counts[which]]
    told += [f"{again} times too busy to tell, and played again"] if again else []
    say("\n" + ", ".join(told))


def _once_a_theme(outcomes: Sequence[Row]) -> Iterator[Row]:
    before = ""
    for theme, *rest in outcomes:
        yield ("" if theme == before else theme, *rest)
        before = theme


COLOURS = {"passed": "green", "failed": "red", "skipped": "yellow"}


def print_table(head: Row, rows: Sequence[Row]) -> None:
    if Table is None:
        widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
        for row in (head, *rows):
            say("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        return
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(head):
        is_number = bool(rows) and all(row[number].replace(".", "").isdigit() for row in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(f"[{COLOURS[text]}]{text}" if text in COLOURS else text for text in row))
    Console().print(table)


def say(text: str) -> None:
    print(text)  # noqa: T201  # the kit speaks on its standard output
