"""Keep-alives of agents with one hold, beside a view of DRF that does nothing, on the same server."""

from datetime import datetime

from benchmarks.kit import floor, processes, wrk
from benchmarks.kit.results import Results, alternate
from interactions.sql import fetch_one

AGENTS = 1_000


def run(results: Results) -> None:
    floor.make(AGENTS, waiting=AGENTS)
    floor.hold(AGENTS, first=3_600, spread=0, timeout=3_600)
    with processes.web(module="benchmarks.bare") as site:
        tokens = floor.tokens(AGENTS)

        def requests(path: str, seconds: float = 4) -> float:
            return wrk.load(site, "POST", f"/api/v1/{path}", tokens=tokens, seconds=seconds).a_second

        requests("keep-alive", 2)  # warm
        before = last_reset()
        found = alternate(
            {"reset": lambda: requests("keep-alive"), "nothing": lambda: requests("nothing")},
            results.rounds(3, 10),
        )
        assert last_reset() > before
    results.figure("keep-alives with one hold, 8 clients", "/s", found["reset"])
    results.figure("a view of DRF that does nothing", "/s", found["nothing"])
    results.ratio("keep-alive / a view that does nothing", found["reset"], found["nothing"], at_least=0.35)


def last_reset() -> datetime:
    row = fetch_one("SELECT min(last_reset_at) FROM interactions_party")
    assert row is not None
    return row[0]
