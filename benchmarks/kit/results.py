"""What a benchmark found: figures with their spread, ratios of what ran side by side, curves."""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.machine import machine

Act = Callable[[], float]


@dataclass(slots=True)
class Figure:
    """Measured once a round. `reach` is what it should be, and None where it only stands beside others."""

    benchmark: str
    what: str
    unit: str
    values: list[float]
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def is_reached(self) -> bool | None:
        if self.at_least is None and self.at_most is None:
            return None
        is_high = self.at_least is None or self.median >= self.at_least
        return is_high and (self.at_most is None or self.median <= self.at_most)

    def __str__(self) -> str:
        verdict = {None: "", True: "reached", False: "NOT reached"}[self.is_reached]
        bound = next(
            (
                f"{word} {number(bound)}: "
                for word, bound in (("at least", self.at_least), ("at most", self.at_most))
                if bound is not None
            ),
            "",
        )
        spread = f"({number(min(self.values))} to {number(max(self.values))})" if len(self.values) > 1 else ""
        return f"{self.what:<72}{number(self.median):>9} {self.unit:<6}{spread:<22} {bound}{verdict}".rstrip()


@dataclass(slots=True)
class Curve:
    """One value for each size, with the spread of its samples: (low, median, high)."""

    benchmark: str
    what: str
    unit: str
    by: str
    points: dict[int, tuple[float, float, float]] = field(default_factory=dict)


class Results:
    """Prints each as it comes, and keeps it for the file. `is_full` asks for the long form."""

    def __init__(self, benchmark: str, is_full: bool) -> None:
        self.benchmark, self.is_full = benchmark, is_full
        self.figures: list[Figure] = []
        self.curves: list[Curve] = []

    def rounds(self, short: int, full: int) -> int:
        return full if self.is_full else short

    def figure(
        self,
        what: str,
        unit: str,
        values: Sequence[float],
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> Figure:
        figure = Figure(self.benchmark, what, unit, list(values), at_least, at_most)
        self.figures.append(figure)
        print(figure, flush=True)
        return figure

    def ratio(
        self,
        what: str,
        over: Sequence[float],
        under: Sequence[float],
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> Figure:
        """Round by round: what shook the machine shook both."""
        values = [one / other for one, other in zip(over, under, strict=True)]
        return self.figure(what, "ratio", values, at_least=at_least, at_most=at_most)

    def point(self, what: str, unit: str, by: str, size: int, samples: Sequence[float]) -> float:
        """One point of the curve `what`, from the samples' 10th to 90th percentile. Returns the median."""
        curve = next((each for each in self.curves if each.what == what), None)
        if curve is None:
            curve = Curve(self.benchmark, what, unit, by)
            self.curves.append(curve)
        tenths = statistics.quantiles(samples, n=10, method="inclusive")
        curve.points[size] = (tenths[0], statistics.median(samples), tenths[-1])
        low, median, high = map(number, curve.points[size])
        print(f"{what}, {size:,} {by}: {median} {unit} ({low} to {high})", flush=True)
        return curve.points[size][1]

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(document([self]), indent=1))


def alternate(acts: Mapping[str, Act], rounds: int) -> dict[str, list[float]]:
    """What each gives, all in turn in every round, in the other order in every second one."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(rounds):
        for name, act in list(acts.items())[:: -1 if turn % 2 else 1]:
            found[name].append(act())
    return found


def quantile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def number(value: float) -> str:
    """Three digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def document(parts: Sequence[Results]) -> dict[str, Any]:
    return {
        "machine": machine(),
        "figures": [
            {**asdict(figure), "median": figure.median, "is_reached": figure.is_reached}
            for part in parts
            for figure in part.figures
        ],
        "curves": [asdict(curve) for part in parts for curve in part.curves],
    }
