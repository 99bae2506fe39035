"""Has streams that are woken together read on together."""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import NamedTuple

from config.waiting.asking import ask
from config.waiting.hub import Hub, Waiter
from interactions.waking import Piece, ReadOn, Wait

MOST = 200  # read at once, so that a crowd keeps neither a thread nor those behind it for long


class Place(NamedTuple):
    waiter: Waiter
    wait: Wait
    piece: asyncio.Future[Piece | None]


class Gathering:
    """Who comes while others are read is read next, with all who have come by then: the more there is to
    do, the less each costs.
    """

    def __init__(self, read_on: ReadOn, hub: Hub, threads: Executor, seats: asyncio.Semaphore) -> None:
        self.read_on, self.hub, self.threads, self.seats = read_on, hub, threads, seats
        self.line: deque[Place] = deque()
        self.reading: asyncio.Task[None] | None = None

    async def read(self, waiter: Waiter, wait: Wait) -> Piece | None:
        """None if the stream ends."""
        loop = asyncio.get_running_loop()
        place = Place(waiter, wait, loop.create_future())
        self.line.append(place)
        if self.reading is None:
            self.reading = loop.create_task(self.read_all())
        return await place.piece

    async def read_all(self) -> None:
        try:
            while self.line:
                async with self.seats:
                    await self.read_some([self.line.popleft() for _ in range(min(MOST, len(self.line)))])
        finally:
            self.reading = None

    async def read_some(self, places: list[Place]) -> None:
        for place in places:
            place.waiter.heard = self.hub.heard
        loop, waits = asyncio.get_running_loop(), [place.wait for place in places]
        pieces: Sequence[Piece | None] = [None] * len(places)  # all end: they come again
        read_on, what = partial(self.read_on, waits), f"Reading on for {len(waits)} streams"
        try:
            pieces = await loop.run_in_executor(self.threads, ask, read_on, pieces, what)
        finally:
            for place, piece in zip(places, pieces, strict=True):
                if not place.piece.done():  # cancelled
                    place.piece.set_result(piece)
