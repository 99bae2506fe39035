"""Who waits for what in this process, and whom the news wakes."""

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Protocol

from interactions.offering import Work, lines_of
from interactions.waking import Wait

REMEMBERED = 10_000  # pieces of news, for those who were being asked when they came


@dataclass(eq=False, slots=True)
class Waiter:
    """A request that waits. It keeps its turn while it is asked again."""

    heard: int  # the number of the last news that came before it was asked
    wait: Wait = field(default_factory=lambda: Wait(0))
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    work: Work | None = None  # what it was woken for and has not asked for yet
    is_idle: bool = False
    number: int = field(default_factory=count(1).__next__)
    turn: str = ""  # when it came to wait, by the clock of Redis

    def wake(self, work: Work | None = None) -> None:
        self.is_idle, self.work = False, work
        self.woken.set()

    async def sleep(self, seconds: float) -> bool:
        """Whether it was woken."""
        try:
            async with asyncio.timeout(max(0, seconds)):
                await self.woken.wait()
        except TimeoutError:
            return False
        return True


@dataclass(slots=True)
class Offer:
    """Work that is to be had: its ticket in Redis has an element for each piece."""

    work: Work
    count: int
    ticket: str


@dataclass(slots=True)
class Heard:
    number: int
    topics: frozenset[str]
    offers: list[Offer]


class Tickets(Protocol):
    """See config.waiting.tickets."""

    async def stand(self, lines: Collection[str], name: str, turn: str) -> str: ...

    async def step_out(self, lines: Collection[str], name: str) -> None: ...

    async def pop(self, ticket: str, count: int) -> int: ...

    async def offer(self, work: Work, count: int) -> bool: ...


class Hub:
    def __init__(self, tickets: Tickets) -> None:
        self.tickets = tickets
        self.process = secrets.token_hex(8)
        self.heard = 0
        self.is_closing = False
        self._by_topic: dict[str, dict[Waiter, None]] = {}
        self._by_queue: dict[str, dict[Waiter, None]] = {}  # in the order of their coming
        self._standing: dict[int, Waiter] = {}  # in lines in Redis, by their numbers
        self._past: deque[Heard] = deque(maxlen=REMEMBERED)

    def __len__(self) -> int:
        return len(set(self.waiters()))

    def waiters(self) -> Iterator[Waiter]:
        for index in (self._by_topic, self._by_queue):
            for waiters in index.values():
                yield from waiters

    async def settle(self, waiter: Waiter, wait: Wait) -> None:
        """It has found nothing: from here on news wakes it, and so does what came while it was asked."""
        _move(self._by_topic, waiter, waiter.wait.topics, wait.topics)
        _move(self._by_queue, waiter, waiter.wait.queues, wait.queues)
        waiter.wait, waiter.work, waiter.is_idle = wait, None, True
        waiter.woken.clear()
        await self._stand(waiter)
        if self.is_closing or (self._past and self._past[0].number > waiter.heard + 1):
            waiter.wake()
        for news in self._since(waiter.heard):
            if not news.topics.isdisjoint(wait.topics):
                waiter.wake()
            for offer in news.offers:
                if not waiter.is_idle or not wait.wants(offer.work):
                    continue
                if await self.tickets.pop(offer.ticket, 1):
                    await self.hand_on(offer.work, first=waiter)

    def _since(self, number: int) -> list[Heard]:
        """From the end, for most have heard all but the last."""
        return [*islice(reversed(self._past), self.heard - number)][::-1]

    async def leave(self, waiter: Waiter) -> None:
        _move(self._by_topic, waiter, waiter.wait.topics, ())
        _move(self._by_queue, waiter, waiter.wait.queues, ())
        waiter.is_idle = False
        if self._standing.pop(waiter.number, None):
            await self.tickets.step_out(_lines(waiter), self._name(waiter))

    async def _stand(self, waiter: Waiter) -> None:
        if waiter.wait.queues:
            self._standing[waiter.number] = waiter
            waiter.turn = await self.tickets.stand(_lines(waiter), self._name(waiter), waiter.turn)

    def _name(self, waiter: Waiter) -> str:
        return f"{self.process}:{waiter.number}"

    async def give(self, number: int, work: Work) -> None:
        """It stood first in line for it. If it has left, or is being asked, another gets it."""
        waiter = self._standing.get(number)
        if waiter and waiter.wait.wants(work):
            await self.hand_on(work, first=waiter)
        else:
            await self.hand_on(work)

    async def hear(self, topics: Collection[str], offers: list[Offer]) -> None:
        self.heard += 1
        self._past.append(Heard(self.heard, frozenset(topics), offers))
        self.wake_all(topics)
        for offer in offers:
            if idle := self._idle(offer.work, offer.count):
                count = await self.tickets.pop(offer.ticket, len(idle))
                if rest := count - self.wake_for(offer.work, count):  # some have left meanwhile
                    await self.tickets.offer(offer.work, rest)

    async def hand_on(self, work: Work, first: Waiter | None = None) -> None:
        """One piece of work, to this waiter or whoever else waits for it."""
        if first and first.is_idle:
            first.wake(work)
        elif not await self.tickets.offer(work, 1):
            self.wake_for(work, 1)

    def wake_all(self, topics: Collection[str]) -> None:
        for topic in topics:
            for waiter in self._by_topic.get(topic, ()):
                if waiter.is_idle:
                    waiter.wake()

    def wake_for(self, work: Work, count: int) -> int:
        """Wake so many of those who wait for it, the first first. Returns how many there were."""
        idle = self._idle(work, count)
        for waiter in idle:
            waiter.wake(work)
        return len(idle)

    def close(self) -> None:
        """All get what there is at once."""
        self.is_closing = True
        for waiter in set(self.waiters()):
            if waiter.is_idle:
                waiter.wake()

    def awaited_topics(self, which: Collection[str] | None = None) -> dict[str, int]:
        """All, or those of `which`, with what the one furthest behind has read of each."""
        awaited: dict[str, int] = {}
        for topic in list(self._by_topic) if which is None else which:
            waiters = self._by_topic.get(topic, ())
            if read := [waiter.wait.topics[topic] for waiter in waiters if waiter.is_idle]:
                awaited[topic] = min(read)
        return awaited

    def awaited_queues(self) -> Counter[str]:
        """With how many wait for each."""
        return Counter(
            {
                queue: count
                for queue, waiters in self._by_queue.items()
                if (count := sum(waiter.is_idle for waiter in waiters))
            }
        )

    def _idle(self, work: Work, count: int) -> list[Waiter]:
        line = self._by_queue.get(work[0], ())
        return list(islice((w for w in line if w.is_idle and w.wait.wants(work)), count))


def _lines(waiter: Waiter) -> list[str]:
    return lines_of(waiter.wait.queues, waiter.wait.media)


def _move(
    index: dict[str, dict[Waiter, None]], waiter: Waiter, old: Collection[str], new: Collection[str]
) -> None:
    for name in old:
        if name not in new and name in index:
            index[name].pop(waiter, None)
            if not index[name]:
                del index[name]
    for name in new:
        index.setdefault(name, {})[waiter] = None
