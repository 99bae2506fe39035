"""From the deadline of a hold to when a client can see that it was revoked, with one worker."""

import statistics
import subprocess
import sys
import time

from django.conf import settings

from benchmarks.kit import floor
from benchmarks.kit.results import Results
from interactions import timers
from interactions.sql import fetch_all
from interactions.statements import locks

HOLDS = 1_000
LOOK_EVERY = 0.01  # seconds


def run(results: Results) -> None:
    floor.make(agents=100, waiting=10_000)
    worker = start_worker()
    try:
        for spread in (1.0, 0.0):
            measure(spread)
    finally:
        worker.terminate()
        worker.wait()


def start_worker() -> subprocess.Popen[bytes]:
    arguments = ["worker", "-Q", "timers,default", "-c", "2", "-l", "error", "--without-gossip"]
    command = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "config", *arguments]
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR)
    time.sleep(5)
    return worker


def measure(spread: float) -> None:
    """`spread` is the span of seconds in which the holds expire."""
    floor.hold(HOLDS, first=5, spread=spread)
    deadlines = dict(fetch_all("SELECT id, deadline_at FROM interactions_party WHERE ended_at IS NULL"))
    timers.arm({timers.slot_of(deadline) for deadline in deadlines.values()}, locks.read_now())
    seen: dict[int, float] = {}
    while len(seen) < len(deadlines):
        for party, now in fetch_all(
            """SELECT id, clock_timestamp() FROM interactions_party
               WHERE ended_at IS NOT NULL AND id = ANY(%(ids)s)""",
            {"ids": [party for party in deadlines if party not in seen]},
        ):
            seen[party] = (now - deadlines[party]).total_seconds()
        time.sleep(LOOK_EVERY)
    late = sorted(seen.values())
    quantiles = statistics.quantiles(late, n=100)
    print(
        f"{HOLDS:,} holds within {spread:g} s: min {late[0]:.3f}, p50 {quantiles[49]:.3f}, "
        f"p99 {quantiles[98]:.3f}, max {late[-1]:.3f} s late"
    )
