"""Keeps requests that wait, and has their views asked again."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Executor
from typing import Any, NamedTuple

from config.messages import Client, ClientLeft, Message, last, send_all
from config.waiting.ear import Ear
from config.waiting.gathering import Gathering
from config.waiting.hub import Hub, Waiter
from config.waiting.tickets import RedisTickets
from interactions.offering import Work
from interactions.waking import Piece, ReadOn, Wait

BEAT = 15.0  # seconds between comments of a stream
COMMENT = b":\n\n"


class Asked(NamedTuple):
    """A view's answer, what it waits for if it found nothing, of what work it has taken some, and the rest of
    the answer where it is a stream.
    """

    answer: list[Message]
    wait: Wait | None
    taken: Collection[Work]
    rest: Any = None


Ask = Callable[[Wait], Awaitable[Asked]]  # the view again


class Room:
    """So many `seats` among the server's threads may be taken by those who are asked again, and the others
    are left to requests that arrive.
    """

    def __init__(self, redis_url: str, threads: Executor, seats: int, send_seconds: float) -> None:
        self.hub = Hub(RedisTickets(redis_url))
        self.ear = Ear(self.hub, redis_url, threads)
        self.threads = threads
        self.gatherings: dict[ReadOn, Gathering] = {}
        self.seats = asyncio.Semaphore(seats)
        self.send_seconds = send_seconds

    async def stay(
        self, client: Client, ask: Ask, heard: int, wait: Wait, answer: list[Message]
    ) -> list[Message]:
        """Until there is something, or the time is up. Returns what is left to send. Errors: ClientLeft.

        `heard` is the number of the last news before the first asking.
        """
        self.ear.open()
        stay = Stay(self, client, ask, Waiter(heard))
        client.watch(stay.waiter.woken.set)
        try:
            return await (stay.stream(wait, answer) if wait.is_stream else stay.poll(wait))
        finally:
            await self.hub.leave(stay.waiter)
            if stay.waiter.work:
                await self.hub.hand_on(stay.waiter.work)

    def gathering(self, read_on: ReadOn) -> Gathering:
        if read_on not in self.gatherings:
            self.gatherings[read_on] = Gathering(read_on, self.hub, self.threads, self.seats)
        return self.gatherings[read_on]

    async def close(self) -> None:
        await self.ear.close()


class Stay:
    """One request's."""

    def __init__(self, room: Room, client: Client, ask: Ask, waiter: Waiter) -> None:
        self.room, self.hub, self.client, self.ask, self.waiter = room, room.hub, client, ask, waiter

    async def poll(self, wait: Wait) -> list[Message]:
        end = self.client.loop.time() + wait.seconds
        while True:
            await self.hub.settle(self.waiter, wait)
            is_over = not await self.waiter.sleep(end - self.client.loop.time()) or self.hub.is_closing
            answer, again = await self.ask_again(wait)
            if again is None or is_over:
                return answer
            wait = again

    async def stream(self, wait: Wait, answer: list[Message]) -> list[Message]:
        """Each answer's body, one after the other, until one is refused."""
        [head, body] = answer
        head["headers"] = [header for header in head["headers"] if header[0] != b"content-length"]
        await self.send([head, _part(body)])
        while True:
            await self.hub.settle(self.waiter, wait)
            await self.sleep(wait.seconds)
            if self.hub.is_closing:
                return [last(b"")]
            piece = await self.read_on(wait)
            if piece is None:
                return [last(b"")]
            if piece.body:
                await self.send([_part(last(piece.body))])
            wait = piece.wait

    async def read_on(self, wait: Wait) -> Piece | None:
        if wait.read_on:
            self.client.check()
            return await self.room.gathering(wait.read_on).read(self.waiter, wait)
        [_, body], again = await self.ask_again(wait)
        return Piece(body["body"], again) if again else None

    async def sleep(self, seconds: float) -> None:
        """Until it is woken or to be asked again, with a comment now and then."""
        time = self.client.loop.time
        end = time() + seconds
        while not await self.waiter.sleep(min(self.beat_at, end) - time()) and time() < end:
            self.client.check()
            await self.send([_part(last(COMMENT))])

    async def ask_again(self, wait: Wait) -> tuple[list[Message], Wait | None]:
        self.client.check()
        async with self.room.seats:
            self.waiter.heard = self.hub.heard
            answer, again, taken, _ = await self.ask(wait)
        if work := self.waiter.work:
            if work in taken or (again and again.wants(work)):
                self.waiter.work = None  # it was taken, or another was quicker
            elif again:  # it may not have it any more
                self.waiter.work = None
                await self.hub.hand_on(work)
        return answer, again

    async def send(self, messages: list[Message]) -> None:
        """Errors: ClientLeft, also when the client does not take what we send."""
        try:
            async with asyncio.timeout(self.room.send_seconds):
                await send_all(self.client.send, messages)
        except TimeoutError:
            raise ClientLeft from None
        self.beat_at = self.client.loop.time() + BEAT


def _part(body: Message) -> Message:
    return {**body, "more_body": True}
