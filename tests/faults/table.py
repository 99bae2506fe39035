"""The table of faults and figures in docs/reliability.md, written by the command that measures it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from benchmarks.kit.results import machine
from tests.faults.acts import FAULTS

DOCUMENT = settings.BASE_DIR / "docs" / "reliability.md"

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEAD = (
    "fault", "plays", "requests", "disturbed", "expired", "late", "late after", "answer", "back", "wrong",
    "seeds",
)  # fmt: skip


def write(path: Path, found: dict[str, Any]) -> None:
    """Between its two marks. The prose around them is left alone."""
    before, _, rest = path.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text("\n".join([before + BEGIN, "", *lines(found), "", END + after]))


def lines(found: dict[str, Any]) -> Iterator[str]:
    by_fault: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for play in found["plays"]:
        for strike in play["strikes"]:
            by_fault[strike["fault"]].append(strike | {"seed": play["seed"], "wrong": len(play["problems"])})
    yield summary(found, [strike for strikes in by_fault.values() for strike in strikes])
    yield ""
    yield row(HEAD)
    yield row(["---", *["--:"] * (len(HEAD) - 1)])
    for name, strikes in by_fault.items():
        yield row(figures(name, strikes))
    for name in found["skipped"]:
        yield ""
        yield f"`{name}` was not played: no small disk could be mounted, for which one must be root."


def summary(found: dict[str, Any], strikes: Sequence[dict[str, Any]]) -> str:
    host = machine()
    wrong = sum(strike["wrong"] for strike in strikes) + len(found["left"]) + len(found["died"])
    return (
        f"{len(strikes)} plays, {sum(strike['requests'] for strike in strikes):,} requests, "
        f"{sum(strike['expired'] for strike in strikes):,} holds that expired, **{wrong} things wrong**. "
        f"{host['at'][:10]}, {host['cores']} cores, commit {host['commit']}."
    )


def figures(name: str, strikes: Sequence[dict[str, Any]]) -> list[str]:
    def total(what: str) -> str:
        return f"{sum(strike[what] for strike in strikes):,}"

    def most(what: str) -> str:
        return f"{max(strike[what] for strike in strikes):.2f}"

    seeds = [strike["seed"] for strike in strikes]
    return [
        f"`{name}`: {FAULTS[name].why}",
        str(len(strikes)),
        *map(total, ("requests", "disturbed", "expired")),
        *map(most, ("late", "late_after", "answer", "back")),
        total("wrong"),
        f"{min(seeds)} to {max(seeds)}",
    ]


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
