"""From the deadline of a hold to when a client can see that it was revoked.

500 holds fall due each second, spread evenly, beside 100,000 whose deadlines are far; one worker. A look,
a hundred times a second, asks which of those about to be due, or due, have ended; what it sees is seen by the
clock of that very statement, so the spans include the wait for the next look.
"""

import itertools
import statistics
import time
from datetime import datetime, timedelta

from benchmarks.kit import floor, processes
from benchmarks.kit.results import Results, quantile
from interactions import timers
from interactions.sql import fetch_all
from interactions.statements import locks

OTHERS, A_SECOND = 100_000, 500
FIRST = 5  # seconds until the first is due
AHEAD = timedelta(seconds=1)  # looked at already, for one that ends before its time must be seen
LOOK_EVERY = 0.01  # seconds
PATIENCE = 20  # seconds after the last deadline

_OF_THE_BATCH = """
    SELECT id, deadline_at FROM interactions_party WHERE ended_at IS NULL ORDER BY deadline_at LIMIT %(count)s
"""
_ENDED = """
    SELECT id, clock_timestamp() FROM interactions_party WHERE ended_at IS NOT NULL AND id = ANY(%(ids)s)
"""


def run(results: Results) -> None:
    seconds, rounds = (20, 3) if results.is_full else (8, 1)
    count = A_SECOND * seconds
    with floor.unchecked():
        floor.make(agents=1_000, waiting=OTHERS + rounds * count)
        floor.hold(OTHERS, first=3_600, spread=3_600, timeout=3_600)
        floor.run("ANALYZE")
    with processes.worker():
        found = [measure(count, seconds) for _ in range(rounds)]
    words = f"{A_SECOND} a second due beside {OTHERS:,}: revoked"
    late = [sorted(late) for late, _ in found]
    results.figure(f"{words}, the first", "s late", [each[0] for each in late], at_least=0)
    results.figure(f"{words}, p50", "s late", [quantile(each, 50) for each in late], at_most=0.25)
    results.figure(f"{words}, p99", "s late", [quantile(each, 99) for each in late], at_most=0.6)
    results.figure(f"{words}, the last", "s late", [each[-1] for each in late])
    results.figure("from one look to the next, p50", "s", [statistics.median(gaps) for _, gaps in found])


def measure(count: int, seconds: float) -> tuple[list[float], list[float]]:
    """How late each was seen, and the spans between looks."""
    floor.hold(count, first=FIRST, spread=seconds)
    unseen: dict[int, datetime] = dict(fetch_all(_OF_THE_BATCH, {"count": count}))  # in order of deadlines
    now = locks.read_now()
    timers.arm({timers.slot_of(deadline) for deadline in unseen.values()}, now)
    give_up_at = max(unseen.values()) + timedelta(seconds=PATIENCE)
    late, gaps = [], []
    while unseen:
        looked_at, now = now, locks.read_now()
        gaps.append((now - looked_at).total_seconds())
        if now > give_up_at:
            raise RuntimeError(f"{len(unseen)} of {count} were not revoked within {PATIENCE} s")
        near = due_before(now + AHEAD, unseen)
        for party, seen_at in fetch_all(_ENDED, {"ids": near}):
            late.append((seen_at - unseen.pop(party)).total_seconds())
        time.sleep(LOOK_EVERY)
    return late, gaps


def due_before(end: datetime, unseen: dict[int, datetime]) -> list[int]:
    """A look at all of them would take long itself."""
    return [party for party, _ in itertools.takewhile(lambda each: each[1] < end, unseen.items())]
