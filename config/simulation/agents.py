"""An agent: pulls, works, keeps alive, parks in the workbin, gives back, stops; or goes quiet."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbin_client import Client, Refused, Unreachable

from .cast import Cast
from .ledger import Ledger

IDLE = 0.5  # seconds between pulls that find nothing
LONGEST_STEP = 5.0  # seconds between two keep-alives, however long the timeout

# After its deadline a hold is over for its agent at once; the worker is given time to say so by itself,
# or the late request would end it and no lateness could be seen. Now and then the edge itself is tried.
GRACE, EDGE, EDGE_SHARE = 2.0, 0.05, 0.2


@dataclass(frozen=True, slots=True)
class Hold:
    interaction: int
    party: int
    timeout: float
    remaining: float  # seconds to the deadline when the answer came
    ledger: Ledger


@contextmanager
def in_hand(holds: list[Hold]) -> Iterator[None]:
    with ExitStack() as stack:
        for hold in holds:
            stack.enter_context(hold.ledger.holding(hold.interaction))
        yield


class Agent:
    def __init__(
        self,
        client: Client,
        name: str,
        cast: Cast,
        ledger: Ledger,
        *,
        quiet_share: float,
        over: asyncio.Event,
    ) -> None:
        self.client, self.name, self.cast, self.ledger = client, name, cast, ledger
        self.quiet_share, self.over = quiet_share, over
        self.chance = random.Random(name)
        self.workbin: int | None = None

    async def run(self) -> None:
        """Until it is over. A lost connection or session is begun anew."""
        try:
            while not self.over.is_set():
                try:
                    await self.log_in()
                    await self.give_back_what_is_left()
                    await self.shift()
                except Unreachable as error:
                    self.ledger.unanswered(error)
                    await self.pause(1)
                except Refused as error:
                    self.ledger.refused[f"{error.code} {error.reason}".strip()] += 1
                    await self.pause(1)
        finally:
            if self.client.token:
                await self.client.log_out()

    async def log_in(self) -> None:
        await self.client.log_in(self.name, self.cast.passwords[self.name], application="simulate")
        workbins = (await self.client.get("workbins"))["workbins"]
        mine = (w["id"] for w in workbins if (w["type"], w["owner"]) == (self.cast.workbin_type, self.name))
        self.workbin = next(mine, None)

    async def give_back_what_is_left(self) -> None:
        """Of a request whose answer was lost, or of an earlier run."""
        for party in (await self.client.get("parties"))["parties"]:
            await self.client.post(f"interactions/{party['interaction']}/place-in-queue", party=party["id"])
        if self.workbin:
            left = await self.client.post(f"workbins/{self.workbin}/pull", count=20)
            for hold in self.holds(left):
                await self.place_in_queue(hold)

    async def shift(self) -> None:
        while not self.over.is_set():
            queue = self.chance.choice(self.cast.queues)
            count = self.chance.choice((1, 1, 1, 2))
            answer = await self.client.post(
                f"queues/{queue}/pull", count=count, media_types=[self.cast.media_type]
            )
            holds = self.holds(answer)
            if not holds:
                await self.pause(IDLE)
            elif self.chance.random() < self.quiet_share:
                await self.go_quiet(holds)
            else:
                await self.work(holds)

    async def work(self, holds: list[Hold]) -> None:
        with in_hand(holds):
            for hold in holds:
                for _ in range(self.chance.randint(1, 4)):
                    await self.pause(self.chance.uniform(0.1, 0.5) * min(hold.timeout, LONGEST_STEP))
                    await self.client.post("keep-alive")
                try:
                    await self.finish(hold)
                except Refused as error:  # on a slow machine it may have lapsed
                    hold.ledger.refused[f"{error.code} {error.reason}".strip()] += 1

    async def finish(self, hold: Hold) -> None:
        how = self.chance.random()
        if how < 0.15:
            await self.place_in_queue(hold)
        elif how < 0.3 and self.workbin:
            path = f"interactions/{hold.interaction}/place-in-workbin"
            await self.client.post(path, party=hold.party, workbin=self.workbin)
            await self.pause(self.chance.uniform(0.1, 1))
            path = f"workbins/{self.workbin}/pull"
            for again in self.holds(await self.client.post(path, interactions=[hold.interaction])):
                await self.stop(again)
        else:
            await self.stop(hold)

    async def stop(self, hold: Hold) -> None:
        path = f"interactions/{hold.interaction}/stop-processing"
        await self.client.post(path, party=hold.party, reason="Answered")
        hold.ledger.completed(hold.interaction)

    async def place_in_queue(self, hold: Hold) -> None:
        path = f"interactions/{hold.interaction}/place-in-queue"
        await self.client.post(path, party=hold.party, queue=self.chance.choice(self.cast.queues))

    async def go_quiet(self, holds: list[Hold]) -> None:
        """Not a request until all have lapsed; then a late stop of each, which must be refused."""
        with in_hand(holds):
            grace = EDGE if self.chance.random() < EDGE_SHARE else GRACE
            await asyncio.sleep(max(hold.remaining for hold in holds) + grace)
            for hold in holds:
                try:
                    await self.client.post(
                        f"interactions/{hold.interaction}/stop-processing", party=hold.party
                    )
                except Refused as error:
                    hold.ledger.lapsed(hold.interaction, hold.party, error.code)
                else:
                    hold.ledger.accepted_late(hold.interaction, hold.party)

    def holds(self, answer: dict[str, Any]) -> list[Hold]:
        at = datetime.fromisoformat(answer["server_time"])
        holds = []
        for each in answer["interactions"]:
            party = each["party"]
            deadline = datetime.fromisoformat(party["deadline_at"])
            # What an earlier run left is worked on too, but it is not part of this run's proof.
            ledger = self.ledger if self.cast.owns(each["external_id"]) else Ledger()
            remaining = (deadline - at).total_seconds()
            holds.append(Hold(each["id"], party["id"], party["handling_timeout"], remaining, ledger))
            ledger.pulled(each["id"], party["id"])
        return holds

    async def pause(self, seconds: float) -> None:
        """Shorter when it is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), seconds)
