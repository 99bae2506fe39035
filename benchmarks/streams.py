"""Event streams: 5,000 agents connected to one web process, and how soon they hear of a commit.

50 holds a second are revoked, each of which concerns one agent, and every five seconds an interaction is
submitted to a workbin that 500 of them watch. The commands run here and not over HTTP. A commit is the
instant after a command came back, the client's is when it has read the whole event.
"""

import asyncio
import re
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import uvloop
from django.db import connections

from benchmarks.kit import floor, processes
from benchmarks.kit.results import Results, quantile
from config import configuration
from interactions import lifecycle, sql
from interactions.callers import AdminCaller
from interactions.lifecycle import Submission
from interactions.models import MediaType
from interactions.signals import Actor
from workbins.models import Workbin

STREAMS, WATCHING = 5_000, 500
EACH_SECOND = 50  # messages to one agent
CHANGE_EVERY = 5.0  # seconds
SECONDS = 15  # of a round
AT_ONCE = 100  # are being opened
PATIENCE = 30.0  # seconds for the last event
USUAL_FILES = 1_024  # the soft limit under which most shells and service managers start a program

_EVENT = re.compile(rb'data: \{[^\n]*?"interaction":(\d+)')


def run(results: Results) -> None:
    holds = SECONDS * EACH_SECOND * rounds_of(results)
    floor.make(STREAMS, waiting=holds)
    configuration.apply({"workbin_types": [{"name": "team", "owner_kind": "agent_group"}]})
    floor.hold(holds, first=3_600, spread=0, timeout=3_600)
    watch()
    with few_files(), processes.web(1) as site, many_files(), ThreadPoolExecutor(1) as commands:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(results, site, floor.tokens(STREAMS), Load(commands)))
        commands.submit(connections.close_all).result()


def rounds_of(results: Results) -> int:
    return results.rounds(1, 8)


def watch() -> None:
    """The first agents subscribe to the team's workbin."""
    sql.run(
        """INSERT INTO workbins_subscription (workbin_id, agent_id, after_message)
           SELECT w.queue_id, a.id, 0 FROM workbins_workbin w,
               (SELECT id FROM interactions_agent ORDER BY id LIMIT %(watching)s) a""",
        {"watching": WATCHING},
    )


@contextmanager
def soft_limit_of_files(files: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def few_files() -> AbstractContextManager[None]:
    """For the web process, which inherits it."""
    return soft_limit_of_files(USUAL_FILES)


def many_files() -> AbstractContextManager[None]:
    """For us, the clients."""
    return soft_limit_of_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1])


class Desk(asyncio.Protocol):
    """Reads a stream, and notes when which interaction's event was there."""

    def __init__(self, token: str, arrivals: list[tuple[int, float]]) -> None:
        self.token, self.arrivals = token, arrivals
        self.is_open = asyncio.get_running_loop().create_future()
        self.rest = b""

    def connection_made(self, transport: Any) -> None:
        transport.write(
            b"GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
            b"Authorization: Bearer " + self.token.encode() + b"\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        whole, _, self.rest = (self.rest + data).rpartition(b"\n\n")
        self.arrivals += [(int(interaction), now) for interaction in _EVENT.findall(whole)]
        if not self.is_open.done() and b"\nid: " in whole:
            self.is_open.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(error or ConnectionResetError("closed before it was open"))


async def measure(results: Results, site: processes.Site, tokens: range, load: "Load") -> None:
    arrivals: list[tuple[int, float]] = []
    memory = site.memory()
    began = time.monotonic()
    desks = await open_all(site, tokens, arrivals)
    results.figure(f"{STREAMS:,} streams: opened, by one web process", "s", [time.monotonic() - began])
    results.figure("memory of a stream", "KiB", [(site.memory() - memory) * 1024 / STREAMS])
    late: dict[str, list[list[float]]] = {"all": [], "one": [], "watching": []}
    cpu: list[float] = []
    for _ in range(rounds_of(results)):
        arrivals.clear()
        before = site.cpu()
        committed = await load.send()
        await until_arrived(arrivals, sum(concerned for _, concerned in committed.values()))
        cpu.append((site.cpu() - before) * 1e3 / len(arrivals))
        for name, few in (("all", 0), ("one", 1), ("watching", WATCHING)):
            late[name].append(
                sorted(at - committed[id][0] for id, at in arrivals if few in (0, committed[id][1]))
            )
    for name, what in (("one", "to a single agent"), ("watching", f"of a change that {WATCHING} watch")):
        results.figure(
            f"from commit to client, {what}: p50", "s", [quantile(each, 50) for each in late[name]]
        )
        results.figure(
            f"from commit to client, {what}: p99", "s", [quantile(each, 99) for each in late[name]]
        )
    results.figure("CPU of a message to a stream, web process", "ms", cpu)
    what = f"from commit to client, {STREAMS:,} connected: p99"
    results.figure(what, "s", [quantile(each, 99) for each in late["all"]], at_most=0.5)
    for desk in desks:
        desk.close()


async def open_all(
    site: processes.Site, tokens: range, arrivals: list[tuple[int, float]]
) -> list[asyncio.BaseTransport]:
    loop, few = asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)

    async def open_one(agent: int) -> asyncio.BaseTransport:
        async with few:
            desk: Desk
            transport, desk = await loop.create_connection(
                lambda: Desk(f"token{agent}", arrivals), "127.0.0.1", site.port
            )
            async with asyncio.timeout(PATIENCE):
                await desk.is_open
            return transport

    return list(await asyncio.gather(*map(open_one, tokens)))


class Load:
    """Commands one after the other, in a thread with a connection of its own."""

    def __init__(self, commands: ThreadPoolExecutor) -> None:
        self.commands = commands
        self.held = [
            id
            for (id,) in sql.fetch_all("SELECT interaction_id FROM interactions_party WHERE ended_at IS NULL")
        ]
        self.workbin = Workbin.objects.select_related("queue").get().queue
        self.medium = MediaType.objects.get(name="email")

    async def send(self) -> dict[int, tuple[float, int]]:
        """The instant of each interaction's commit, and how many it concerns."""
        loop = asyncio.get_running_loop()
        committed: dict[int, tuple[float, int]] = {}
        began, change_at = loop.time(), CHANGE_EVERY / 2
        for number in range(SECONDS * EACH_SECOND):
            due = number / EACH_SECOND
            await asyncio.sleep(began + due - loop.time())
            id, at = await loop.run_in_executor(self.commands, self.revoke)
            committed[id] = at, 1
            if due >= change_at:
                change_at += CHANGE_EVERY
                id, at = await loop.run_in_executor(self.commands, self.change)
                committed[id] = at, WATCHING
        return committed

    def revoke(self) -> tuple[int, float]:
        id = self.held.pop()
        lifecycle.revoke(AdminCaller("lena"), id)
        return id, time.monotonic()

    def change(self) -> tuple[int, float]:
        [submitted] = lifecycle.submit(Actor("service", "gateway"), [Submission(self.workbin, self.medium)])
        return submitted.id, time.monotonic()


async def until_arrived(arrivals: list[tuple[int, float]], count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(arrivals) < count:
            await asyncio.sleep(0.05)
    assert len(arrivals) == count, f"{len(arrivals)} events of {count}"
