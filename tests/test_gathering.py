"""Who is read with whom, and what becomes of the others when something fails."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError

from config.waiting import gathering
from config.waiting.gathering import Gathering
from config.waiting.hub import Hub, Waiter
from config.waiting.tickets import RedisTickets
from interactions.waking import Piece, Wait
from tests.workers import CLOSED

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds


class Mailbox:
    """Reads on for streams, and stops at the first until it is told to go on."""

    def __init__(self) -> None:
        self.read: list[list[int]] = []
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()
        self.error: Exception | None = None

    def __call__(self, waits: Sequence[Wait]) -> list[Piece | None]:
        self.read.append([wait.session for wait in waits])
        self.has_begun.set()
        assert self.may_go_on.wait(PATIENCE)
        if error := self.error:
            self.error = None
            raise error
        return [Piece(b"%d" % wait.session, wait) if wait.session else None for wait in waits]


Scene = Callable[[Mailbox, Gathering], Coroutine[Any, Any, None]]


def play(scene: Scene) -> Mailbox:
    async def on_stage() -> None:
        async with asyncio.timeout(PATIENCE):
            with ThreadPoolExecutor(2) as threads:
                hub = Hub(RedisTickets(CLOSED))
                await scene(mailbox, Gathering(mailbox, hub, threads, asyncio.Semaphore(1)))

    mailbox = Mailbox()
    asyncio.run(on_stage())
    return mailbox


def begin(gathering: Gathering, *sessions: int) -> "list[asyncio.Task[Piece | None]]":
    return [asyncio.create_task(gathering.read(Waiter(0), Wait(0, session=session))) for session in sessions]


async def bodies(reading: "list[asyncio.Task[Piece | None]]") -> list[bytes | None]:
    return [piece.body if piece else None for piece in await asyncio.gather(*reading)]


async def until_begun(mailbox: Mailbox) -> None:
    await asyncio.to_thread(mailbox.has_begun.wait, PATIENCE)


def test_who_comes_meanwhile_is_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gets its own, those who come first first, and no more at once than there may be."""
    monkeypatch.setattr(gathering, "MOST", 3)

    async def scene(mailbox: Mailbox, gathered: Gathering) -> None:
        first = begin(gathered, 1)
        await until_begun(mailbox)
        others = begin(gathered, 2, 0, 4, 5, 6)
        await asyncio.sleep(0)
        mailbox.may_go_on.set()
        assert await bodies([*first, *others]) == [b"1", b"2", None, b"4", b"5", b"6"]

    assert play(scene).read == [[1], [2, 0, 4], [5, 6]]


@pytest.mark.parametrize("error", [OperationalError("gone"), ValueError("a mistake of ours")])
def test_those_end_whose_reading_failed(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """And none of those behind them. What is not the database's is a mistake, and logged."""

    async def scene(mailbox: Mailbox, gathered: Gathering) -> None:
        mailbox.error = error
        failed = begin(gathered, 1, 2)
        await until_begun(mailbox)
        behind = begin(gathered, 3)
        await asyncio.sleep(0)
        mailbox.may_go_on.set()
        assert await bodies([*failed, *behind]) == [None, None, b"3"]

    assert play(scene).read == [[1, 2], [3]]
    assert bool(caplog.records) == isinstance(error, ValueError)


def test_whose_request_is_cancelled() -> None:
    async def scene(mailbox: Mailbox, gathered: Gathering) -> None:
        reading = begin(gathered, 1, 2)
        await until_begun(mailbox)
        reading[0].cancel()
        await asyncio.sleep(0)
        mailbox.may_go_on.set()
        assert await bodies(reading[1:]) == [b"2"]
        assert await bodies(begin(gathered, 3)) == [b"3"]

    play(scene)


def test_news_that_comes_while_they_are_read() -> None:
    """They have heard what came before, and wake for what comes then."""

    async def scene(mailbox: Mailbox, gathered: Gathering) -> None:
        waiter, wait = Waiter(0), Wait(30, {"agent:1": 0}, session=1)
        await gathered.hub.hear(["agent:1"], [])
        reading = asyncio.create_task(gathered.read(waiter, wait))
        await until_begun(mailbox)
        mailbox.may_go_on.set()
        await reading
        await gathered.hub.settle(waiter, wait)
        assert not waiter.woken.is_set()  # that was before

        mailbox.has_begun.clear()
        mailbox.may_go_on.clear()
        reading = asyncio.create_task(gathered.read(waiter, wait))
        await until_begun(mailbox)
        await gathered.hub.hear(["agent:1"], [])
        mailbox.may_go_on.set()
        await reading
        await gathered.hub.settle(waiter, wait)
        assert waiter.woken.is_set()

    play(scene)
