"""The progress of long work, for who waits at a terminal."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)


def progress_bars(*, with_counts: bool = True) -> Progress:
    """On stderr; nothing where that is no terminal."""
    console = Console(stderr=True)
    counts: list[ProgressColumn] = [MofNCompleteColumn()] if with_counts else []
    columns = [TextColumn("{task.description}"), BarColumn(), *counts, TimeRemainingColumn()]
    return Progress(*columns, console=console, disable=not console.is_terminal)
