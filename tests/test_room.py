"""The room where requests wait, with several processes' rooms on one Redis."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from config.messages import Client
from config.waiting import Asked, Ear, Hub, Room
from config.waiting.hub import Offer, Waiter
from config.waiting.room import Stay
from config.waiting.tickets import RedisTickets
from interactions import broker
from interactions.waking import News, Wait, Work
from tests.bridges import leave_the_database
from tests.workers import CLOSED

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds
MAIL, CHAT = ("support", "email"), ("support", "chat")
OK = {"status": 200}


class Process:
    """The hub and the ear of a web process, with so many who wait for mails."""

    def __init__(self, waiters: int, tickets: str = settings.REDIS_URL) -> None:
        self.hub = Hub(RedisTickets(tickets))
        self.threads = ThreadPoolExecutor(1)
        self.ear = Ear(self.hub, settings.REDIS_URL, self.threads)
        self.waiters = [Waiter(0) for _ in range(waiters)]

    async def __aenter__(self) -> "Process":
        for waiter in self.waiters:
            await self.hub.settle(waiter, Wait(30, queues=("support",), media=frozenset({"email"})))
        await listening(self.ear)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.ear.close()
        leave_the_database(self.threads, 1)

    def woken(self) -> list[int]:
        return [number for number, waiter in enumerate(self.waiters) if waiter.work]


async def listening(ear: Ear) -> None:
    ear.tasks = [asyncio.create_task(ear.listen())]
    async with asyncio.timeout(PATIENCE):
        await ear.missed.wait()


def work(count: int, what: Work = MAIL) -> None:
    broker.tell(News(work=Counter({what: count}))._publish)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)


async def woken(count: int, *processes: Process) -> int:
    """When there are so many, and no more for a while."""
    await until(lambda: sum(len(process.woken()) for process in processes) >= count)
    await asyncio.sleep(0.3)
    return sum(len(process.woken()) for process in processes)


@pytest.mark.parametrize("count", [1, 3, 7])
def test_as_many_wake_as_there_is_work(count: int) -> None:
    """Over both processes together, and in each the first first."""

    async def scene() -> None:
        async with Process(6) as one, Process(6) as other:
            work(count, CHAT)
            assert await woken(0, one, other) == 0
            work(count)
            assert await woken(count, one, other) == count
            for process in (one, other):
                assert process.woken() == list(range(len(process.woken())))

    asyncio.run(scene())


def test_too_many_wake_without_tickets() -> None:
    """The twin: each process by itself."""

    async def scene() -> None:
        async with Process(6, CLOSED) as one, Process(6, CLOSED) as other:
            work(3)
            assert await woken(6, one, other) == 6

    asyncio.run(scene())


async def take_turns(*processes: Process, rounds: int) -> list[tuple[int, int]]:
    """In each round one comes to wait in each process. Then work comes, one by one: who was woken, as the
    number of the process and of the round, in this order."""
    for process in processes:
        process.waiters = [Waiter(0) for _ in range(rounds)]
    for number in range(rounds):
        for process in processes:
            await process.hub.settle(process.waiters[number], Wait(30, queues=("support",)))
    order: list[tuple[int, int]] = []
    for _ in range(rounds * len(processes)):
        work(1)
        await until(lambda: len(awake(*processes)) > len(order))
        order.extend(one for one in awake(*processes) if one not in order)
    return order


def awake(*processes: Process) -> list[tuple[int, int]]:
    return [(number, at) for number, process in enumerate(processes) for at in process.woken()]


def test_the_first_to_come_over_all_processes() -> None:
    """Though the last process is the first to hear of it."""

    async def scene() -> None:
        async with Process(0) as third, Process(0) as second, Process(0) as first:
            order = await take_turns(first, second, third, rounds=4)
        assert order == [(number, at) for at in range(4) for number in range(3)]

    asyncio.run(scene())


def test_by_tickets_alone_the_order_is_not_kept() -> None:
    """The twin: of those who stand in no line a process wakes its own first."""

    async def nowhere(*_: object) -> str:
        return ""

    async def scene() -> None:
        async with Process(0) as third, Process(0) as second, Process(0) as first:
            for process in (first, second, third):
                process.hub.tickets.stand = nowhere  # type: ignore[method-assign,assignment]
            order = await take_turns(first, second, third, rounds=4)
        assert order != [(number, at) for at in range(4) for number in range(3)]
        assert len(order) == 12

    asyncio.run(scene())


def test_a_process_that_died_is_passed_over() -> None:
    async def scene() -> None:
        async with Process(2) as dead, Process(2) as living:
            await dead.ear.close()
            work(1)
            assert await woken(1, dead, living) == len(living.woken()) == 1

    asyncio.run(scene())


def test_who_leaves_hands_on() -> None:
    """To the next here, or else in another process."""

    async def scene() -> None:
        async with Process(2) as one, Process(1) as other:
            for waiter, following in zip(one.waiters, (one, other), strict=True):
                await one.hub.leave(waiter)
                before = len(following.woken())
                await one.hub.hand_on(MAIL)
                await until(lambda: len(following.woken()) == before + 1)  # noqa: B023

    asyncio.run(scene())


def test_news_that_comes_while_it_is_asked() -> None:
    """Between the look of the view and the settling: it is not lost."""

    async def scene() -> None:
        async with Process(0) as process:
            asked = Waiter(process.hub.heard)
            work(1)
            broker.tell(News({"agent:1"})._publish)
            await until(lambda: process.hub.heard >= asked.heard + 2)
            await process.hub.settle(asked, Wait(30, queues=("support",)))
            assert asked.work == MAIL
            second = Waiter(0)
            await process.hub.settle(second, Wait(30, queues=("support",)))
            assert not second.woken.is_set()  # the ticket is used up
            third = Waiter(0)
            await process.hub.settle(third, Wait(30, {"agent:1": 0}))
            assert third.woken.is_set()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("asked", "is_handed_on"),
    [
        (Asked([OK], None, {MAIL}), False),
        (Asked([OK], None, {CHAT}), True),  # something else was better
        (Asked([OK], None, ()), True),  # a stored answer, say
        (Asked([OK], Wait(0, queues=("support",)), ()), False),  # another was quicker
        (Asked([OK], Wait(0, queues=("other",)), ()), True),  # the right is gone
        (Asked([{"status": 409}], None, ()), True),
    ],
)
def test_what_was_not_taken_is_handed_on(asked: Asked, is_handed_on: bool) -> None:
    async def scene() -> None:
        with ThreadPoolExecutor(1) as threads:
            one = Room(settings.REDIS_URL, threads, 1, 5)
            waits = Wait(0.5, queues=("support",))
            first, second = Waiter(0), Waiter(0)

            async def ask(_: Wait) -> Asked:
                return asked

            stay = Stay(one, Client(asyncio.get_running_loop(), ask, ask), ask, first)  # type: ignore[arg-type]
            await listening(one.ear)
            await one.hub.settle(first, waits)
            await one.hub.settle(second, waits)
            one.hub.wake_for(MAIL, 1)
            await stay.ask_again(waits)
            await one.hub.leave(first)
            if first.work:
                await one.hub.hand_on(first.work)
            if is_handed_on:
                await until(lambda: second.work)
            await asyncio.sleep(0.2)
            await one.close()
            assert (second.work == MAIL) == is_handed_on

    asyncio.run(scene())


def test_nobody_is_left_in_the_books() -> None:
    async def scene() -> None:
        hub = Hub(RedisTickets(CLOSED))
        waiter = Waiter(0)
        await hub.settle(waiter, Wait(30, {"agent:1": 5}, queues=("a", "b")))
        assert (hub.awaited_topics(), hub.awaited_queues()) == ({"agent:1": 5}, {"a": 1, "b": 1})
        await hub.settle(waiter, Wait(30, {"agent:2": 7}, queues=("b",)))
        assert (hub.awaited_topics(), hub.awaited_queues()) == ({"agent:2": 7}, {"b": 1})
        await hub.leave(waiter)
        assert (hub.awaited_topics(), hub.awaited_queues(), len(hub)) == ({}, {}, 0)
        await hub.hear([], [Offer(MAIL, 1, "none")])

    asyncio.run(scene())
