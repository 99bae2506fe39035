"""What a pull, a reset, an expiry, a page and a look at the present cost, from 1,000 to 1,000,000.

In Python, without HTTP, one client. A floor of each size has a database of its own on the same server, and
they are measured in turn, in the same seconds. What does not grow is the same on each: two holds an agent, a
page of 50, the workbin's content, and for the look at the present the agents and queues. Agents and holds are
chosen at random: on a big floor nearly each of them costs PostgreSQL pages that are not in its caches. It is
measured between two checkpoints, and not just after one, when the first change of each page logs all of it.
The event log is empty at the begin.
"""

import contextlib
import random
import time
from collections.abc import Callable
from functools import partial

from benchmarks.kit import floor
from benchmarks.kit.growing import Floor
from benchmarks.kit.results import Results, alternate

FEW, MANY = 1_000, 1_000_000
BETWEEN = (10_000, 100_000)  # in the long form


def run(results: Results) -> None:
    random.seed(1)
    with contextlib.ExitStack() as stack:
        sizes = (FEW, *BETWEEN, MANY) if results.is_full else (FEW, MANY)
        floors = [Floor(size) for size in sizes]
        for each in floors:
            stack.callback(each.database.close)
        made(floors, Floor.make)
        curve(results, floors, "content", "a page of a workbin's content", "interactions")
        curve(results, floors, "find", "a page of GET interactions", "interactions")
        curve(results, floors, "now", "the present, of 100 agents", "interactions")
        pulls = curve(results, floors, "pull", "a pull of one", "waiting")
        made(floors, Floor.hold_all)
        resets = curve(results, floors, "reset", "a reset of an agent's two holds", "open holds")
        curve(results, floors, "expiry", "a revocation, in batches of 500", "open holds")
    results.ratio(f"pull p50 at {MANY:,} waiting / at {FEW:,}", pulls[MANY], pulls[FEW], at_most=1.2)
    results.ratio(f"reset p50 at {MANY:,} open holds / at {FEW:,}", resets[MANY], resets[FEW], at_most=1.3)


def made(floors: list[Floor], make: Callable[[Floor], None]) -> None:
    began = time.monotonic()
    for each in floors:
        with each.database.in_use():
            make(each)
            floor.run("VACUUM ANALYZE")
    print(f"made in {time.monotonic() - began:.0f} s", flush=True)


def curve(results: Results, floors: list[Floor], act: str, what: str, by: str) -> dict[int, list[float]]:
    """Each round's median for each size."""
    for each in floors:
        each.measure(act)  # warm
    samples: dict[int, list[float]] = {each.size: [] for each in floors}

    def one(each: Floor) -> float:
        taken = sorted(each.measure(act))
        samples[each.size] += taken
        return taken[len(taken) // 2]

    medians = alternate(
        {str(each.size): partial(one, each) for each in floors}, results.rounds(short=5, full=25)
    )
    for size, taken in samples.items():
        results.point(what, "ms", by, size, taken)
    return {int(size): values for size, values in medians.items()}
