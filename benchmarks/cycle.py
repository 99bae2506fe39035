"""A cycle is what becomes of a piece of work in the usual case: it is pulled, kept twice, and done.

Ours, with the right to pull and the capacity checked, all events logged and timers armed, in Python and over
REST; beside pgmq and procrastinate on the same PostgreSQL, and beanstalkd. Each has as many clients, in
processes and with connections of their own, and each waits for an answer before it goes on. Four
transactions a cycle on PostgreSQL, each on disk when it is answered; beanstalkd writes the last alone, if at
all. What each leaves out is said in its module.
"""

import contextlib
from collections.abc import Callable

from benchmarks.kit import floor, processes
from benchmarks.kit.pgbench import conninfo
from benchmarks.kit.results import Results, alternate
from benchmarks.peers import beanstalkd, jobs, ours, pgmq, rest
from benchmarks.peers.clients import Clients

CLIENTS = 2
AGENTS = 500  # of each client
FASTEST_MEMORY, FASTEST_DISK = 40_000, 10_000  # cycles a second of beanstalkd, which does nothing else
PYTHON, REST, PGMQ, JOBS = "Workbin in Python", "Workbin over REST", "pgmq", "procrastinate"
MEMORY, LOGGED = "beanstalkd in memory", "beanstalkd with log and fsync"


def run(results: Results) -> None:
    waiting, seconds, rounds = (200_000, 3.0, 10) if results.is_full else (16_000, 0.8, 3)
    floor.make(CLIENTS * AGENTS, waiting)
    ours.prepare()
    pgmq.prepare(conninfo(), waiting)
    jobs.prepare(conninfo(), waiting)
    with contextlib.ExitStack() as stack:
        clients = connect(stack, seconds, turns=2 * rounds + 1)
        for each in clients.values():
            each.a_second(CLIENTS, 0.3)  # warm
        for count in (1, CLIENTS):

            def act(name: str, count: int = count) -> Callable[[], float]:
                return lambda: clients[name].a_second(count, seconds)

            found = alternate({name: act(name) for name in clients}, rounds)
            record(results, "1 client" if count == 1 else f"{count} clients", found)


def connect(stack: contextlib.ExitStack, seconds: float, turns: int) -> dict[str, Clients]:
    """Beside each other are those that are compared."""
    tokens = floor.tokens(CLIENTS * AGENTS)
    parts = [tokens[n * AGENTS : (n + 1) * AGENTS] for n in range(CLIENTS)]
    port = stack.enter_context(processes.web()).port
    enough = round(FASTEST_MEMORY * seconds)
    memory = stack.enter_context(beanstalkd.in_memory())
    logged = stack.enter_context(beanstalkd.with_log(jobs=round(FASTEST_DISK * seconds) * turns))
    database = [(conninfo(),)] * CLIENTS
    made = {
        PYTHON: Clients(ours.client, [(part,) for part in parts]),
        PGMQ: Clients(pgmq.client, database),
        JOBS: Clients(jobs.client, database),
        REST: Clients(rest.client, [(port, part) for part in parts]),
        MEMORY: Clients(
            beanstalkd.client, [(memory,)] * CLIENTS, before=lambda: beanstalkd.fill(memory, enough)
        ),
        LOGGED: Clients(beanstalkd.client, [(logged,)] * CLIENTS),
    }
    return {name: stack.enter_context(clients) for name, clients in made.items()}


def record(results: Results, clients: str, found: dict[str, list[float]]) -> None:
    for name, values in found.items():
        results.figure(f"cycles, {clients}: {name}", "/s", values)
    ours = found[PYTHON]
    results.ratio(f"cycle in Python / pgmq's cycle, {clients}", ours, found[PGMQ], at_least=0.6)
    for name in (JOBS, MEMORY, LOGGED):
        results.ratio(f"cycle in Python / {name}'s cycle, {clients}", ours, found[name])
