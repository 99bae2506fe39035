"""Progress while it runs and the table afterwards, for a terminal or, at most a line a minute, for a log."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from .figures import rows
from .ledger import Ledger
from .replay import Problem, Replay

LINE_EVERY = 60  # seconds
PROBLEMS_SHOWN = 20


class Show:
    """A context manager around the run. `seconds` 0: without an end."""

    def __init__(self, ledger: Ledger, seconds: float) -> None:
        self.ledger = ledger
        self.console = Console(stderr=True)
        columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        self.progress = Progress(*columns, console=self.console, disable=not self.console.is_terminal)
        self.began = self.line_at = time.monotonic()
        self.seconds = seconds
        self.task = self.progress.add_task("", total=seconds or None)

    def __enter__(self) -> "Show":
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def update(self) -> None:
        now = time.monotonic()
        counts = self.ledger.counts
        names = ("submitted", "pulled", "completed", "went quiet")
        text = "  ".join(f"{name} {counts[name]}" for name in names)
        elapsed = now - self.began
        self.progress.update(self.task, description=text, completed=min(elapsed, self.seconds or elapsed))
        if self.progress.disable and now - self.line_at >= LINE_EVERY:
            self.line_at = now
            self.console.print(text, highlight=False)

    def say(self, text: str) -> None:
        self.progress.update(self.task, description=text)


def show_result(ledger: Ledger, replay: Replay, problems: list[Problem] | None) -> None:
    console = Console()
    table = Table("simulation", "", show_edge=False)
    table.columns[1].justify = "right"
    for name, value in rows(ledger, replay):
        table.add_row(name, value)
    console.print(table)
    shown = set()
    for problem in (problems or [])[:PROBLEMS_SHOWN]:
        failed = f"FAILED {problem.check}: interaction {problem.interaction}: {problem.detail}"
        console.print(failed, markup=False, highlight=False, soft_wrap=True)
        for line in problem.trail if problem.interaction not in shown else ():
            console.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)
        shown.add(problem.interaction)
    if problems and len(problems) > PROBLEMS_SHOWN:
        console.print(f"... and {len(problems) - PROBLEMS_SHOWN} more")
    if problems is None:
        console.print("Interrupted; the reporting log was not compared.")
    elif not problems:
        console.print("Nothing was held twice, nothing was lost, every quiet hold was revoked.")
