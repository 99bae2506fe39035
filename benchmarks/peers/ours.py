"""Workbin in Python: pull, two identifications that reset, stop; by one agent after the other, whose right
and capacity are checked. All is logged, and timers are armed."""

import itertools

from benchmarks.kit import ready  # noqa: F401  the imports below need it

# isort: split
from benchmarks.kit import floor
from benchmarks.peers.clients import Work, repeat
from interactions import lifecycle, sessions
from interactions.sql import run

HANDLING_TIMEOUT = 30  # seconds; near enough that pulls and resets arm timers
CAPACITY = 5


def prepare() -> None:
    run("UPDATE interactions_agent SET capacity = %(capacity)s", {"capacity": CAPACITY})
    run("UPDATE interactions_queue SET handling_timeout = %(span)s", {"span": HANDLING_TIMEOUT})


def client(tokens: range) -> Work:
    turns = itertools.cycle([(f"token{number}", floor.caller(number)) for number in tokens])

    def cycle() -> None:
        token, caller = next(turns)
        [row] = lifecycle.pull(caller, "mail").rows
        for _ in range(2):
            sessions.identify(token, resets=True)
        assert row.hold
        lifecycle.stop_processing(caller, row.id, row.hold.id)

    return repeat(cycle)
