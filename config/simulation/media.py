"""The media server: submits at a steady rate."""

import asyncio
import random
from contextlib import suppress
from typing import Any

from workbin_client import Client, Refused, Unreachable

from .cast import Cast
from .ledger import Ledger

AT_ONCE = 32  # requests on their way; a slow server gets fewer a second
SUBJECTS = (
    "Where is my parcel?",
    "A question about my bill",
    "It does not work",
    "Please call me back",
    "Thank you",
)


class MediaServer:
    def __init__(self, client: Client, cast: Cast, ledger: Ledger, rate: float, over: asyncio.Event) -> None:
        self.client, self.cast, self.ledger, self.rate, self.over = client, cast, ledger, rate, over
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.refusal: Refused | None = None

    async def clear(self) -> None:
        """Stop what earlier runs left waiting, or the agents would be busy with that."""

        async def stop(interaction: int) -> None:
            async with self.slots:
                with suppress(Refused):  # held by an agent who crashed: it is given back and worked on
                    await self.client.post(f"interactions/{interaction}/stop-processing", reason="Left over")

        await asyncio.gather(*map(stop, self.cast.left_over))

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        number = 0
        async with asyncio.TaskGroup() as group:
            while not self.over.is_set():
                await self.slots.acquire()
                group.create_task(self.submit(number))
                number += 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.over.wait(), max(began + number / self.rate - loop.time(), 0))

    async def submit(self, number: int) -> None:
        """Again until it is known to be there: the external id keeps it from being there twice. When it is
        refused, all is over."""
        try:
            while True:
                try:
                    submitted = await self.client.submit(**self.interaction(number))
                    return self.ledger.submitted(submitted["id"])
                except Unreachable as error:
                    self.ledger.unanswered(error)
                    if self.over.is_set():
                        return None
                    await asyncio.sleep(1)
        except Refused as error:
            self.refusal = error
            self.over.set()
        finally:
            self.slots.release()

    def interaction(self, number: int) -> dict[str, Any]:
        chance = random.Random(number)
        return {
            "queue": chance.choice(self.cast.queues),
            "media_type": self.cast.media_type,
            "interaction_type": "Inbound",
            "interaction_subtype": "InboundNew",
            "external_id": f"{self.cast.run}{number}",
            "priority": chance.choice((0, 0, 0, 1)),
            "user_data": {"subject": chance.choice(SUBJECTS), "number": number},
            "handling_timeout": self.cast.handling_timeout,
        }
