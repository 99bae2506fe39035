"""Agents, some of whom go silent, and a media server, over HTTP; and a reporting engine that reads along."""

import asyncio
import secrets
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

import httpx

from config.simulation.agents import Agent as Player
from config.simulation.cast import Cast, prepare
from config.simulation.ledger import Ledger
from config.simulation.media import MediaServer
from config.simulation.replay import Problem, Replay
from interactions.models import Agent, Interaction
from interactions.statements import locks
from tests.faults.witness import Witness
from tests.processes import until
from workbin_client import Client, Unreachable

MANY, FEW = (5, 3.0), (3, 2.0)  # agents, and interactions a second: as many as they get done
QUIET_SHARE = 0.4
TIMEOUT = 1  # second of quiet; all holds are over soon after the load is
PATIENCE = 5.0  # seconds that a client tries for
STRAGGLERS = 10  # looks at the log, half a second apart, for what is not in it yet
NAME = "faults"

T = TypeVar("T")


def assemble(is_short: bool) -> Cast:
    """Once for all loads of a cluster. The last of them is the silent one, of whom the faults make use, and
    who may do all that an agent may."""
    agents, _ = FEW if is_short else MANY
    cast = prepare(NAME, agents + 1, [], TIMEOUT)
    Agent.objects.filter(user__username=[*cast.passwords][-1]).update(is_supervisor=True)
    return cast


class Load:
    """In a thread of its own."""

    def __init__(self, url: str, cast: Cast, is_short: bool) -> None:
        self.url = url
        _, self.rate = FEW if is_short else MANY
        left_over = Interaction.objects.filter(state="queued").values_list("pk", flat=True)
        self.cast = replace(
            cast,
            run=f"{cast.run}{secrets.token_hex(4)}-",
            began_at=locks.read_now(),
            left_over=[*left_over],
        )
        *players, self.silent = cast.passwords
        self.players = players
        self.ledger, self.replay, self.witness = Ledger(), Replay(), Witness()
        self.events: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self.failure: BaseException | None = None
        self._cursor: str | None = None
        self._given = 0  # to the silent one
        self._entered: tuple[Client, int] | None = None
        self._began, self._rests = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    # --- From outside ---------------------------------------------------------------------------------

    def start(self) -> None:
        """If it is not on yet."""
        if not self._began.is_set():
            self._thread.start()
            self._began.wait(10)

    @property
    def is_on(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Agents finish what they have in hand and log out. The log is read on: some holds are open yet."""
        if self.is_on:
            self._loop.call_soon_threadsafe(self._over.set)
        until(lambda: self._rests.is_set() or not self.is_on, 60, "the load to come to its end")

    def close(self) -> None:
        """The log is read to its end, and compared with what the clients were told."""
        if self.is_on:
            self._loop.call_soon_threadsafe(self._closed.set)
        self._thread.join(60)
        assert not self._thread.is_alive(), "the log does not come to its end"
        if self.failure:
            raise self.failure

    def ask(self, what: Coroutine[Any, Any, T]) -> T:
        """Have something asked among all the others."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    def client(self, token: str = "", patience: float = PATIENCE) -> Client:
        return Client(self.url, token, http=self._http, patience=patience)

    def take_silently(self, timeouts: Sequence[int]) -> list[int]:
        """Parties of one agent of whom nothing is heard any more, each with its timeout."""
        return self.ask(self._take_silently(timeouts))

    def submit_large(self, size: int) -> None:
        """Again and again, until there is no room for it: it must be told so."""
        self.ask(self._submit_large(size))

    # --- Inside ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._play())
        except BaseException as error:
            self.failure = error

    async def _play(self) -> None:
        self._loop, self._over, self._closed = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        async with httpx.AsyncClient(transport=self.witness) as self._http:
            self._began.set()
            reporting = self.client(self.cast.reporting_token)
            playing = asyncio.create_task(self._work())
            playing.add_done_callback(lambda _: self._rests.set())
            while not self._closed.is_set():
                with suppress(Unreachable):
                    await self._read_log(reporting)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closed.wait(), 1)
            playing.result()
            for _ in range(STRAGGLERS):
                with suppress(Unreachable):
                    await self._read_log(reporting)
                    if not self.replay.verdict(self.ledger):
                        break
                await asyncio.sleep(0.5)
            self.problems = self.replay.verdict(self.ledger)

    async def _work(self) -> None:
        media = MediaServer(self.client(self.cast.media_token), self.cast, self.ledger, self.rate, self._over)
        await self._clear(media)
        async with asyncio.TaskGroup() as group:
            group.create_task(media.run())
            for name in self.players:
                agent = Player(
                    self.client(), name, self.cast, self.ledger, quiet_share=QUIET_SHARE, over=self._over
                )
                group.create_task(agent.run())
        if media.refusal:
            raise media.refusal

    async def _clear(self, media: MediaServer) -> None:
        """Or the agents would be busy with what an earlier load left. The first fault may come into it."""
        while not self._over.is_set():
            with suppress(Unreachable):
                return await media.clear()
            await asyncio.sleep(0.5)

    async def _read_log(self, reporting: Client) -> None:
        since = {} if self._cursor else {"from": self.cast.began_at.isoformat()}
        async for event in reporting.reporting_events(self._cursor, wait_seconds=0, **since):
            self._cursor = event["cursor"]
            if self.cast.owns(event["external_id"]):
                self.events.append(event)
                self.replay.feed(event)

    async def _take_silently(self, timeouts: Sequence[int]) -> list[int]:
        """Out of the agent's own workbin, where nobody else takes them."""
        agent, workbin = await self._enter()
        media = self.client(self.cast.media_token)

        async def submit(timeout: int) -> int:
            self._given += 1
            submitted = await media.submit(
                self.cast.media_type,
                workbin=workbin,
                external_id=f"{self.cast.run}silent-{self._given}",
                handling_timeout=timeout,
            )
            self.ledger.submitted(submitted["id"])
            return submitted["id"]

        ids = await asyncio.gather(*map(submit, timeouts))
        taken = await agent.pull_from_workbin(workbin, interactions=ids)
        parties = [each["party"]["id"] for each in taken if each["party"]]
        for each, party in zip(taken, parties, strict=True):
            self.ledger.pulled(each["id"], party)
        return parties

    async def _submit_large(self, size: int) -> None:
        media = self.client(self.cast.media_token, patience=1)
        with suppress(Unreachable):
            while True:
                self._given += 1
                await media.submit(
                    self.cast.media_type,
                    queue=self.cast.queues[0],
                    external_id=f"{self.cast.run}large-{self._given}",
                    user_data={"text": secrets.token_urlsafe(size)},
                )

    async def _enter(self) -> tuple[Client, int]:
        """The silent one, logged in once, and the workbin."""
        if self._entered is None:
            agent = self.client()
            await agent.log_in(self.silent, self.cast.passwords[self.silent])
            workbins = (await agent.get("workbins"))["workbins"]
            self._entered = agent, next(each["id"] for each in workbins if each["owner"] == self.silent)
        return self._entered
