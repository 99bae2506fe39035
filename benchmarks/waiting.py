"""What requests that wait cost one web process, and how soon they are answered."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

from benchmarks.kit import floor, processes
from benchmarks.kit.calls import Call
from benchmarks.kit.results import Results, quantile
from interactions.credentials import issue_token
from interactions.sql import fetch_all

WAITING = 2_000
HAND_OVERS = 100
SECONDS = 8.0  # of each measurement of throughput
CLIENTS = 4
PULL = "/api/v1/queues/mail/pull"


def run(_: Results) -> None:
    floor.make(agents=WAITING + 100, waiting=0)
    tokens = [f"token{agent}" for (agent,) in fetch_all("SELECT id FROM interactions_agent ORDER BY id")]
    with processes.web(1) as web:
        asyncio.run(measure(Site(web, tokens, issue_token("gateway"))))


class Site:
    def __init__(self, web: processes.Site, tokens: list[str], gateway: str) -> None:
        self.port, self.memory, self.gateway = web.port, web.memory, gateway
        self.waiting, self.active = tokens[:WAITING], tokens[WAITING:]

    async def send(self, method: str, path: str, token: str, body: Any = None, **headers: str) -> "Call":
        call = Call(*await asyncio.open_connection("127.0.0.1", self.port, limit=2**20))
        await call.send(method, path, token, body, **headers)
        return call


async def measure(site: Site) -> None:
    await requests_a_second(site, 2)  # warm
    alone = site.memory()
    async with alternately(site, "idle streams", open_streams):
        print(f"{WAITING:,} idle streams: {site.memory():.0f} MiB of memory, {alone:.0f} without them")
    async with alternately(site, "waiting pulls", open_polls):
        await hand_over(site)
    await hand_over(site)


@contextlib.asynccontextmanager
async def alternately(site: Site, what: str, open_calls: Any) -> AsyncIterator[None]:
    """Throughput without and with them, in one run."""
    before = await requests_a_second(site, SECONDS)
    began = time.monotonic()
    calls = await open_calls(site)
    await until_quick(site)
    opened = time.monotonic() - began
    during = await requests_a_second(site, SECONDS)
    print(
        f"{len(calls):,} {what}, opened in {opened:.1f} s: {during:.0f} keep-alives a second beside them, "
        f"{before:.0f} without: {during / before:.2f}"
    )
    yield
    for call in calls:
        call.writer.close()
    await asyncio.sleep(1)


async def until_quick(site: Site) -> None:
    """All have been asked once, and wait."""
    call = Call(*await asyncio.open_connection("127.0.0.1", site.port))
    quick = 0
    while quick < 5:
        began = time.monotonic()
        await call.send("POST", "/api/v1/keep-alive", site.active[-1])
        await call.answer()
        quick = quick + 1 if time.monotonic() - began < 0.1 else 0
    call.writer.close()


async def requests_a_second(site: Site, seconds: float) -> float:
    end = time.monotonic() + seconds
    done = 0

    async def client(token: str) -> None:
        nonlocal done
        call = Call(*await asyncio.open_connection("127.0.0.1", site.port))
        while time.monotonic() < end:
            await call.send("POST", "/api/v1/keep-alive", token)
            await call.answer()
            done += 1
        call.writer.close()

    await asyncio.gather(*(client(token) for token in site.active[:CLIENTS]))
    return done / seconds


async def open_streams(site: Site) -> list[Call]:
    async def one(token: str) -> Call:
        call = await site.send("GET", "/api/v1/events/stream", token, Accept="text/event-stream")
        await call.head()
        return call

    return await in_waves(site, one)


async def open_polls(site: Site) -> list[Call]:
    async def one(token: str) -> Call:
        return await site.send("POST", PULL, token, {"wait_seconds": 30, "media_types": ["other"]})

    return await in_waves(site, one)


async def in_waves(site: Site, open_one: Any) -> list[Call]:
    calls: list[Call] = []
    for start in range(0, WAITING, 100):
        calls += await asyncio.gather(*map(open_one, site.waiting[start : start + 100]))
    return calls


async def hand_over(site: Site) -> None:
    """From the reply to a submission, which has just committed, to the reply of the pull that waited."""
    late = []
    gateway = Call(*await asyncio.open_connection("127.0.0.1", site.port))
    for number in range(HAND_OVERS):
        pull = await site.send("POST", PULL, site.active[number % 100], {"wait_seconds": 20})
        await asyncio.sleep(0.05)
        await gateway.send(
            "POST", "/api/v1/interactions", site.gateway, {"queue": "mail", "media_type": "email"}
        )
        await gateway.answer()
        committed = time.monotonic()
        [_] = (await pull.answer())["interactions"]
        late.append(time.monotonic() - committed)
        pull.writer.close()
    p50, p99 = (quantile(late, percent) * 1e3 for percent in (50, 99))
    print(f"hand-over of {HAND_OVERS} submissions: p50 {p50:.0f}, p99 {p99:.0f} ms")
