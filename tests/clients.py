"""Scenes with the Python client. The suite has no event loop: each scene runs in one of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from django.db import connection

from interactions.models import Queue
from tests import cast
from tests.applications import SUPPORT
from workbin_client import Client, HoldLost

LONG = 20
TIMEOUTS = (1, 3, 8)  # seconds; on most machines the first will do


def play(scene: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(2 * LONG):
            await scene()

    asyncio.run(bounded())


def play_in_time(scene: Callable[[int], Awaitable[None]]) -> None:
    """With so short a handling timeout that the machine is quick enough for it."""
    for timeout in TIMEOUTS:
        shorten(timeout)
        try:
            return play(lambda: scene(timeout))  # noqa: B023
        except HoldLost:
            if timeout == TIMEOUTS[-1]:
                raise


@contextlib.asynccontextmanager
async def logged_in(url: str) -> AsyncIterator[Client]:
    async with Client(url) as client:
        await client.log_in("alice", cast.PASSWORD)
        yield client


async def first(found: AsyncIterator[Any]) -> Any:
    async with asyncio.timeout(LONG):
        return await anext(found)


async def elsewhere(act: Callable[[], Any]) -> Any:
    """What others do, beside the event loop."""

    def acted() -> Any:
        with contextlib.closing(connection):
            return act()

    return await asyncio.to_thread(acted)


def shorten(seconds: int) -> None:
    """The handling timeout of the e-mail team's queue."""
    Queue.objects.filter(name=SUPPORT).update(handling_timeout=seconds)
