"""Keep-alives of agents with one hold, beside a view of DRF that does nothing, on the same server, and beside
the bare SQL of a reset.
"""

from datetime import datetime

from benchmarks import limit
from benchmarks.kit import floor, pgbench, processes, wrk
from benchmarks.kit.results import Results, alternate
from interactions.sql import fetch_value

AGENTS = 1_000


def run(results: Results) -> None:
    floor.make(AGENTS, waiting=AGENTS)
    floor.hold(AGENTS, first=3_600, spread=0, timeout=3_600)
    with processes.web(module="benchmarks.bare") as site:
        tokens = floor.tokens(AGENTS)

        def requests(path: str, seconds: float = 4) -> float:
            return wrk.load(site, "POST", f"/api/v1/{path}", tokens=tokens, seconds=seconds).a_second

        def by_pgbench() -> float:
            return pgbench.transactions_a_second(limit.RESET, first=tokens.start, last=tokens.stop - 1)

        requests("keep-alive", 2)  # warm
        before = last_reset()
        found = alternate(
            {
                "reset": lambda: requests("keep-alive"),
                "nothing": lambda: requests("nothing"),
                "bare": by_pgbench,
            },
            results.rounds(3, 10),
        )
        assert last_reset() > before
    results.figure("keep-alives with one hold, 8 clients", "/s", found["reset"])
    results.figure("a view of DRF that does nothing", "/s", found["nothing"])
    results.figure("pgbench, bare SQL of a reset, 8 clients", "/s", found["bare"])
    results.ratio("keep-alive / bare SQL of a reset", found["reset"], found["bare"])
    results.ratio("keep-alive / a view that does nothing", found["reset"], found["nothing"], at_least=0.35)


def last_reset() -> datetime:
    return fetch_value("SELECT min(last_reset_at) FROM interactions_party")
