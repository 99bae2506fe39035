"""Plays it all: media server and agents until it is over, then the comparison with the reporting log."""

import asyncio
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import httpx

from workbin_client import Client, Unreachable

from .agents import Agent
from .cast import Cast
from .ledger import Ledger
from .media import MediaServer
from .replay import Problem, Replay
from .show import Show

FOLLOW_EVERY = 1  # seconds between two looks at the log during the run, as a reporting engine takes them
PATIENCE = 5  # seconds that a request is tried for
STRAGGLERS = 10  # times, a second apart, that the log is asked for what is not in it yet


@dataclass(frozen=True, slots=True)
class Plan:
    url: str
    rate: float
    quiet_share: float
    seconds: float  # 0: until interrupted


class NoServer(Exception):
    """Nobody answers at the address."""


def wait_for_server(url: str) -> None:
    """Before anything is prepared for it."""
    for _ in range(20):
        try:
            httpx.get(f"{url.rstrip('/')}/healthz")
            return
        except httpx.TransportError:
            time.sleep(0.5)
        except httpx.InvalidURL as error:
            raise NoServer(f"{url} is no address: {error}") from None
    raise NoServer(f"no server answers at {url}")


class Simulation:
    def __init__(self, plan: Plan, cast: Cast) -> None:
        self.plan, self.cast = plan, cast
        self.ledger, self.replay = Ledger(), Replay()
        self.over = asyncio.Event()
        self.cursor: str | None = None

    async def run(self) -> list[Problem] | None:
        """What is wrong; None if it was interrupted and the log could not be read any more."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(limits=limits) as http:
            client = partial(Client, self.plan.url, http=http, patience=PATIENCE)
            reporting = client(self.cast.reporting_token)
            media_client = client(self.cast.media_token)
            media = MediaServer(media_client, self.cast, self.ledger, self.plan.rate, self.over)
            with Show(self.ledger, self.plan.seconds) as show:
                show.say("stopping what earlier runs left")
                await media.clear()
                ticker = asyncio.create_task(self.tick(show, reporting))
                was_interrupted = await self.until_over(asyncio.create_task(self.play(media, client)))
                ticker.cancel()
                await asyncio.wait([ticker])
                show.say("comparing with the reporting log")
                try:
                    return await self.compare(reporting)
                except Unreachable as error:
                    if was_interrupted:
                        return None
                    raise NoServer(f"the reporting log could not be read: {error}") from None

    async def until_over(self, players: asyncio.Task[None]) -> bool:
        """Whether a signal ended it. Players that are cancelled log out."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, players.cancel)
        if self.plan.seconds:
            loop.call_later(self.plan.seconds, self.over.set)
        await asyncio.wait([players])
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        if players.cancelled():
            return True
        players.result()
        return False

    async def play(self, media: MediaServer, client: Callable[[], Client]) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(media.run())
            for name in self.cast.passwords:
                quiet_share = self.plan.quiet_share
                agent = Agent(client(), name, self.cast, self.ledger, quiet_share=quiet_share, over=self.over)
                group.create_task(agent.run())
        if media.refusal:
            raise media.refusal

    async def tick(self, show: Show, reporting: Client) -> None:
        loop = asyncio.get_running_loop()
        follow_at = loop.time() + FOLLOW_EVERY
        while True:
            show.update()
            await asyncio.sleep(0.25)
            if loop.time() >= follow_at:
                follow_at = loop.time() + FOLLOW_EVERY
                with suppress(Unreachable):
                    await self.read_log(reporting)
                    self.replay.settle(self.ledger)

    async def compare(self, reporting: Client) -> list[Problem]:
        for _ in range(STRAGGLERS):
            await self.read_log(reporting)
            if not (problems := self.replay.verdict(self.ledger)):
                break
            await asyncio.sleep(1)
        return problems

    async def read_log(self, reporting: Client) -> None:
        """Up to where there is no more yet."""
        since = {} if self.cursor else {"from": self.cast.began_at.isoformat()}
        async for event in reporting.reporting_events(self.cursor, wait_seconds=0, **since):
            if self.cast.owns(event["external_id"]):
                self.replay.feed(event)
            self.cursor = event["cursor"]
