"""The table of faults and figures in docs/reliability.md, written by the command that measures it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.faults.acts import FAULTS

DOCUMENT = settings.BASE_DIR / "docs" / "reliability.md"

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEAD = (
    "fault", "times", "requests", "disturbed", "expired", "late", "late after", "answer", "back",
)  # fmt: skip

Figures = dict[str, Any]


def write(path: Path, found: dict[str, Any]) -> None:
    """Between its two marks. The prose around them is left alone."""
    before, _, rest = path.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text("\n".join([before + BEGIN, "", *lines(found), "", END + after]))


def lines(found: dict[str, Any]) -> Iterator[str]:
    plays = sorted(found["plays"], key=lambda play: (play["kind"], play["commit"], play["seed"]))
    strikes = [strike for play in plays for strike in play["strikes"]]
    ends = [*found["left"], *found["died"]]
    wrong = sum(len(play["problems"]) for play in plays) + len(ends)
    yield (
        f"{len(strikes)} faults struck, {total(strikes, 'requests')} requests, "
        f"{total(strikes, 'expired')} holds that expired, **{wrong} things wrong**:"
    )
    yield ""
    for (kind, commit), group in groupby(plays, key=lambda play: (play["kind"], play["commit"])):
        yield rounds(kind, commit, [*group])
    yield ""
    yield row(HEAD)
    yield row(["---", *["--:"] * (len(HEAD) - 1)])
    for name in FAULTS:
        if own := [strike for strike in strikes if strike["fault"] == name]:
            yield row(figures(name, own))
    for name in found["skipped"]:
        yield ""
        yield f"`{name}` was not played: no small disk could be mounted, for which one must be root."
    if wrong:
        yield ""
        yield from problems(plays)
        yield from (f"* {end}" for end in ends)


def problems(plays: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One of each kind, and in which rounds there were such."""
    told: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for play in plays:
        for problem in play["problems"]:
            check, _, what = problem.partition(": ")
            told[play["kind"], check].append((play["seed"], what))
    for (kind, check), ones in told.items():
        seeds = spans(sorted({seed for seed, _ in ones}))
        more = f" (and {len(ones) - 1} more)" if len(ones) > 1 else ""
        yield f"* `{check}` on `{kind}`, seeds {seeds}: {ones[-1][1]}{more}"


def rounds(kind: str, commit: str, plays: Sequence[dict[str, Any]]) -> str:
    begin, end = min(play["from"] for play in plays), max(play["until"] for play in plays)
    return (
        f"* `{kind}`: {len(plays)} rounds, seeds {spans([play['seed'] for play in plays])}, commit {commit}, "
        f"{begin[:10]} {begin[11:16]} to {end[11:16]} UTC, {plays[0]['cores']} cores"
    )


def spans(seeds: Sequence[int]) -> str:
    """1 to 3, 5"""
    found: list[list[int]] = []
    for seed in sorted(seeds):
        if found and seed == found[-1][-1] + 1:
            found[-1].append(seed)
        else:
            found.append([seed])
    return ", ".join(f"{span[0]} to {span[-1]}" if len(span) > 1 else f"{span[0]}" for span in found)


def total(strikes: Iterable[Figures], what: str) -> str:
    return f"{sum(strike[what] for strike in strikes):,}"


def figures(name: str, strikes: Sequence[Figures]) -> list[str]:
    return [
        f"`{name}`: {FAULTS[name].why}",
        str(len(strikes)),
        *(total(strikes, what) for what in ("requests", "disturbed", "expired")),
        *(
            f"{max(strike[what] for strike in strikes):.2f}"
            for what in ("late", "late_after", "answer", "back")
        ),
    ]


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
