"""Durations counted by size in fixed buckets.

Counts can be added up in any order with the same result, which a t-digest's cannot: rows that are built
anew are the same rows. A share within one of the bounds is exact; a percentile is off by less than the
width of its bucket, which is a tenth to a fifth of the value.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

_STEPS = (1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.6, 4, 4.5, 5, 6, 7, 8, 9)
_HOURS = (1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168)

# Milliseconds; a duration belongs to the first bound that it does not exceed.
BOUNDS = sorted(
    {round(step * 10**power) for step in _STEPS for power in range(1, 9)}
    | {hours * 3_600_000 for hours in _HOURS}
)
BEYOND = "beyond"

Counts = dict[str, int]  # by bound, as rows keep them in JSON


def bucket(milliseconds: int) -> str:
    place = bisect_left(BOUNDS, milliseconds)
    return str(BOUNDS[place]) if place < len(BOUNDS) else BEYOND


def count(counts: Counts, milliseconds: int) -> None:
    key = bucket(milliseconds)
    counts[key] = counts.get(key, 0) + 1


def add(counts: Counts, more: Mapping[str, int]) -> None:
    for key, number in more.items():
        counts[key] = counts.get(key, 0) + number


@dataclass(frozen=True, slots=True)
class Durations:
    """Milliseconds, as counted; what is asked and answered is in seconds."""

    counts: Counts = field(default_factory=dict)
    total: int = 0
    longest: int = 0

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    def share_within(self, seconds: float) -> float | None:
        """The share (0 to 1) that took no longer, exactly if `seconds` is a bound. None of nothing."""
        number = self.count
        return self.count_within(seconds) / number if number else None

    def count_within(self, seconds: float) -> int:
        most = round(seconds * 1000)
        return sum(number for bound, number in self._sorted() if bound <= most)

    def percentile(self, share: float) -> float | None:
        """The duration that `share` (0 to 1) do not exceed. None of nothing."""
        found = self._sorted()
        if not found:
            return None
        rank = share * self.count
        upto = list(accumulate(number for _, number in found))
        place = bisect_left(upto, rank)
        bound, number = found[place]
        above = min(bound, self.longest)
        below = min(_bound_below(bound), above)
        into = (rank - (upto[place] - number)) / number
        return round(below + into * (above - below)) / 1000

    def _sorted(self) -> list[tuple[float, int]]:
        return sorted(
            (float("inf") if bound == BEYOND else int(bound), number) for bound, number in self.counts.items()
        )


def _bound_below(bound: float) -> int:
    place = bisect_left(BOUNDS, bound)
    return BOUNDS[place - 1] if place else 0
