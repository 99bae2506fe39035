"""50,000 holds whose agents went quiet fall due within a second: how quickly one worker ends them.

Beside it the bare SQL of a batch, by as many connections as the worker has processes, and what beanstalkd
releases of as many jobs when all fall due at once.
"""

import time

from benchmarks import limit
from benchmarks.kit import floor, pgbench, processes
from benchmarks.kit.results import Results, alternate
from benchmarks.peers import beanstalkd
from interactions import timers
from interactions.reaper import slots_with_deadlines
from interactions.sql import fetch_all, fetch_one
from interactions.statements import locks

HOLDS, AGENTS, POOL, BATCH = 50_000, 1_000, 2, 500
LEAD = 8.0  # seconds until the first falls due: the worker has started
GIVE_UP = 60.0


def run(results: Results) -> None:
    floor.make(AGENTS, HOLDS)
    took: list[float] = []

    def by_worker() -> float:
        fall_due(LEAD)
        with processes.worker(POOL):
            arm()
            took.append(seconds_until_nobody_holds())
        return HOLDS / took[-1]

    def by_pgbench() -> float:
        fall_due(-1.0)
        batches = HOLDS // BATCH // POOL
        return pgbench.transactions_a_second(limit.EXPIRE, clients=POOL, transactions=batches) * BATCH

    found = alternate({"worker": by_worker, "bare": by_pgbench}, results.rounds(1, 6))
    results.figure("expiries, one worker", "/s", found["worker"])
    results.figure("expiries, bare SQL in batches of 500", "/s", found["bare"])
    results.ratio("expiries of one worker / bare SQL", found["worker"], found["bare"], at_least=0.4)
    results.figure("from the first deadline until all 50,000 are revoked", "s", took, at_most=10)
    compare_beanstalkd(results)


def fall_due(first: float) -> None:
    floor.fill()
    floor.hold(HOLDS, first=first, spread=1.0)
    floor.run("VACUUM ANALYZE interactions_party, interactions_interaction")


def arm() -> None:
    """What pulls and resets have done."""
    now = locks.read_now()
    first = timers.slot_of(now)
    timers.arm(slots_with_deadlines(first, first + timers.HORIZON * timers.SLOTS_A_SECOND), now)


def seconds_until_nobody_holds() -> float:
    """From the first deadline to the last revocation. None may be early."""
    give_up_at = time.monotonic() + LEAD + GIVE_UP
    while fetch_one("SELECT id FROM interactions_party WHERE ended_at IS NULL LIMIT 1"):
        if time.monotonic() > give_up_at:
            raise RuntimeError("The worker did not revoke all.")
        time.sleep(0.05)
    [(took, earliest)] = fetch_all(
        """SELECT extract(epoch FROM max(ended_at) - min(deadline_at))::float, min(ended_at - deadline_at)
           FROM interactions_party"""
    )
    if earliest.total_seconds() < 0:
        raise RuntimeError(f"A hold was revoked {-earliest} early.")
    return took


def compare_beanstalkd(results: Results) -> None:
    after = (0, 1, 5, 10) if results.is_full else (0, 1)
    for connections in (1, AGENTS) if results.is_full else (AGENTS,):
        released = beanstalkd.released_share(HOLDS, ttr=10, connections=connections, after=after)
        for seconds, share in released.shares.items():
            what = f"beanstalkd: released after {seconds:g} s, held by {connections:,} connections"
            results.figure(what, "share", [share])
