"""Workbin in Python: pull, two identifications that reset, stop; by one agent after the other, whose right
and capacity are checked. All is logged, and timers are armed."""

import itertools

from benchmarks.kit import ready  # noqa: F401  the imports below need it

# isort: split
from benchmarks.peers.clients import Work, repeat
from interactions import lifecycle, sessions
from interactions.callers import AgentCaller
from interactions.sql import run

HANDLING_TIMEOUT = 30  # seconds; near enough that pulls and resets arm timers
CAPACITY = 5


def prepare() -> None:
    run("UPDATE interactions_agent SET capacity = %(capacity)s", {"capacity": CAPACITY})
    run("UPDATE interactions_queue SET handling_timeout = %(span)s", {"span": HANDLING_TIMEOUT})


def client(tokens: range) -> Work:
    callers: dict[str, AgentCaller] = {}
    for number in tokens:
        caller = sessions.identify(f"token{number}", resets=False)
        assert isinstance(caller, AgentCaller)
        callers[f"token{number}"] = caller
    turns = itertools.cycle(callers.items())

    def cycle() -> None:
        token, caller = next(turns)
        [row] = lifecycle.pull(caller, "mail").rows
        for _ in range(2):
            sessions.identify(token, resets=True)
        assert row.hold
        lifecycle.stop_processing(caller, row.id, row.hold.id)

    return repeat(cycle)
