"""Agents at work for half an hour: what becomes of the pull, and of tables and indexes.

A thousand agents send 80 requests a second in all: they pull, keep alive, stop, place back, or go quiet until
their hold is revoked; for each that is stopped the media server submits another. Web, worker and beat run, so
intervals are counted and tables vacuumed as in production. No row is old enough to be purged, and so tables
grow by what is kept; what should not grow is what is taken for each byte of rows, and the indexes on open
holds.
"""

import asyncio
import random
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from benchmarks.kit import floor, processes
from benchmarks.kit.calls import Call
from benchmarks.kit.results import Results, quantile
from benchmarks.kit.sizes import OPEN_HOLDS, TABLES, Sizes, read_sizes
from config import configuration
from interactions import sql
from interactions.credentials import issue_token

AGENTS, WAITING = 1_000, 2_000
RATE, CONNECTIONS = 80, 16  # requests a second, over so many connections
TIMEOUT = 60  # seconds, of handling
PARTS, SLICES = 6, 5  # of the whole time; of a part, for the spread
STOP, PLACE, QUIET = 0.25, 0.1, 0.05  # shares of what an agent does who holds something; else keep-alive


def run(results: Results) -> None:
    minutes = results.rounds(2, 30)
    floor.make(AGENTS, WAITING)
    floor.hold(WAITING // 2, first=TIMEOUT / 2, spread=TIMEOUT, timeout=TIMEOUT)
    sql.run("ANALYZE")  # plans made for no holds at all are those of nobody's second minute
    configuration.apply({"queues": [{"name": "mail", "agent_groups": ["team"], "handling_timeout": TIMEOUT}]})
    gateway, tokens = issue_token("gateway"), floor.tokens(AGENTS)
    with ExitStack() as stack:
        site = stack.enter_context(processes.web())
        stack.enter_context(processes.worker())
        beat = ["-m", "celery", "--quiet", "-A", "config", "beat", "-l", "error", "--pidfile="]
        stack.enter_context(processes.running(*beat))
        load = Load(site.port, gateway, [f"token{agent}" for agent in tokens])
        sizes = asyncio.run(load.go_on(minutes * 60))
    tell_pulls(results, load, minutes)
    tell_sizes(results, sizes, minutes)
    results.figure("requests", "/s", [load.sent / minutes / 60])
    results.figure("holds that were lost to silence", "", [load.lost])


def tell_pulls(results: Results, load: "Load", minutes: int) -> None:
    length = minutes * 60 / PARTS
    p99 = []
    for part in range(PARTS):
        slices: list[list[float]] = [[] for _ in range(SLICES)]
        for at, took in load.pulls:
            if part * length <= at < (part + 1) * length:
                slices[int((at - part * length) / length * SLICES)].append(took * 1e3)
        size = round((part + 1) * minutes / PARTS)
        results.point("pull p99 in a soak", "ms", "minutes", size, [quantile(each, 99) for each in slices])
        p99.append(quantile([took for each in slices for took in each], 99))
    which = f"{minutes / PARTS:.3g} minutes"
    results.ratio(f"soak: pull p99, last {which} / first", p99[-1:], p99[:1], at_most=1.2)


def tell_sizes(results: Results, sizes: list[Sizes], minutes: int) -> None:
    """The first are from before the load."""
    for part, each in enumerate(sizes):
        at = round(part * minutes / PARTS, 1)
        for table in TABLES:
            what = f"taken for each byte of rows: {table}"
            results.point(what, "B", "minutes", round(at), [each.taken(table)] * 2)
        results.point("indexes on open holds", "KiB", "minutes", round(at), [each.open_holds / 1024] * 2)
        results.point("dead rows of parties", "", "minutes", round(at), [each.dead["interactions_party"]] * 2)
    middle, end = sizes[len(sizes) // 2], sizes[-1]
    results.ratio(f"soak: {OPEN_HOLDS}, end / middle", [end.open_holds], [middle.open_holds], at_most=1.2)
    for table in TABLES:
        over, under = end.taken(table), middle.taken(table)
        what = f"soak: taken for each byte of rows, end / middle: {table}"
        results.ratio(what, [over], [under], at_most=1.2)
        results.figure(f"updates in place (HOT): {table}", "share", [end.hot_share(table)])


@dataclass(slots=True)
class Agent:
    token: str
    hold: dict[str, Any] | None = None  # an Interaction
    is_busy: bool = False
    quiet_until: float = 0


@dataclass
class Load:
    """Requests at a steady rate, as long as there are connections free. Of an agent one after the other."""

    port: int
    gateway: str
    tokens: list[str]
    pulls: list[tuple[float, float]] = field(default_factory=list)  # when, and how long it took
    sent: int = 0
    lost: int = 0

    async def go_on(self, seconds: float) -> list[Sizes]:
        self.chance = random.Random(1)
        self.agents = [Agent(token) for token in self.tokens]
        self.free: asyncio.Queue[Call] = asyncio.Queue()
        for _ in range(CONNECTIONS):
            self.free.put_nowait(Call(*await asyncio.open_connection("127.0.0.1", self.port)))
        self.began = time.monotonic()
        sizes = [await asyncio.to_thread(read_sizes)]
        async with asyncio.TaskGroup() as group:
            for number in range(int(seconds * RATE)):
                now = number / RATE
                await asyncio.sleep(self.began + now - time.monotonic())
                if now >= len(sizes) * seconds / PARTS:
                    sizes.append(await asyncio.to_thread(read_sizes))
                if agent := self.choose():
                    agent.is_busy = True
                    group.create_task(self.act(agent))
        return [*sizes, await asyncio.to_thread(read_sizes)]

    def choose(self) -> Agent | None:
        now = time.monotonic()
        for agent in self.chance.sample(self.agents, 20):
            if not agent.is_busy and agent.quiet_until < now:
                return agent
        return None

    async def act(self, agent: Agent) -> None:
        step = self.chance.random()
        if agent.hold is None:
            await self.pull(agent)
        elif step < STOP:
            await self.end(agent, "stop-processing")
            await self.send("interactions", self.gateway, {"queue": "mail", "media_type": "email"})
        elif step < STOP + PLACE:
            await self.end(agent, "place-in-queue")
        elif step < STOP + PLACE + QUIET:
            agent.quiet_until = time.monotonic() + TIMEOUT * 1.1
        else:
            await self.send("keep-alive", agent.token)
        agent.is_busy = False

    async def pull(self, agent: Agent) -> None:
        began = time.monotonic()
        _, answer = await self.send("queues/mail/pull", agent.token, {})
        self.pulls.append((began - self.began, time.monotonic() - began))
        agent.hold = next(iter(answer["interactions"]), None)

    async def end(self, agent: Agent, how: str) -> None:
        """It may have been revoked: then it is another's by now."""
        assert agent.hold is not None
        path, party = f"interactions/{agent.hold['id']}/{how}", agent.hold["party"]["id"]
        status, _ = await self.send(path, agent.token, {"party": party})
        assert status in (200, 409), status
        self.lost += status == 409
        agent.hold = None

    async def send(self, path: str, token: str, body: Any = None) -> tuple[int, Any]:
        call = await self.free.get()
        await call.send("POST", f"/api/v1/{path}", token, body)
        found = await call.reply()
        self.free.put_nowait(call)
        self.sent += 1
        return found
