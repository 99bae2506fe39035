"""Pulls over REST with everything on, beside SQL alone and beside the way most would write it.

The same floor for all, 8 clients, in the name of one agent after the other, each of whom holds one already:
there is something to reset. What was pulled goes back between the rounds; the obvious way's stays.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks import limit
from benchmarks.kit import floor, pgbench, processes, wrk
from benchmarks.kit.results import Results, alternate
from benchmarks.obvious import serving as obvious

AGENTS, WAITING = 5_000, 100_000
PULL = "/api/v1/queues/mail/pull"
MANY = 50


def run(results: Results) -> None:
    seconds = 5 if results.is_full else 2
    floor.make(AGENTS, WAITING)
    floor.run("UPDATE interactions_agent SET capacity = 1000000")
    obvious.make(AGENTS, WAITING)
    tokens = floor.tokens(AGENTS)

    def begin_anew() -> None:
        floor.fill()
        floor.hold(AGENTS, first=3_600, spread=0, timeout=3_600)
        floor.run("VACUUM ANALYZE interactions_party")

    def over_rest(count: int) -> float:
        begin_anew()
        load = wrk.load(site, "POST", PULL, {"count": count}, tokens=tokens, seconds=seconds)
        return (floor.held() - AGENTS) / load.seconds

    def by_pgbench(script: Path, **variables: Any) -> float:
        begin_anew()
        agents = {"first": tokens.start, "last": tokens.stop - 1}
        return pgbench.transactions_a_second(script, seconds=seconds, **agents, **variables)

    with (
        tempfile.TemporaryDirectory() as folder,
        processes.web() as site,
        obvious.site() as other,
    ):
        begin_anew()
        same, events = limit.same_statements(Path(folder), tokens.start)
        acts = {
            "rest": lambda: over_rest(1),
            "same": lambda: by_pgbench(same, events=events),
            "bare": lambda: by_pgbench(limit.PULL, queue=floor.queue()),
            "fifty": lambda: over_rest(MANY),
            "obvious": lambda: obvious.pulls_a_second(other, obvious.tokens(AGENTS), seconds),
        }
        for name in ("rest", "fifty", "obvious"):
            acts[name]()  # warm
        found = alternate(acts, results.rounds(3, 10))
    results.figure("pulls over REST, 8 clients", "/s", found["rest"])
    results.figure("pgbench, the same statements, 8 clients", "/s", found["same"])
    results.figure("pgbench, bare SQL, 8 clients", "/s", found["bare"])
    results.figure("the obvious way over REST, 8 clients", "/s", found["obvious"])
    results.figure("interactions over REST by pulls of 50", "/s", found["fifty"])
    results.ratio("pull over REST / pgbench, the same statements", found["rest"], found["same"], at_least=0.4)
    results.ratio("pull over REST / pgbench, bare SQL", found["rest"], found["bare"])
    results.ratio("pull over REST / the obvious way", found["rest"], found["obvious"], at_least=5)
    results.ratio("interactions by pulls of 50 / pulls of 1", found["fifty"], found["rest"], at_least=8)
