"""Hears the news from Redis, and looks into the database for what it may have missed."""

import asyncio
import logging
import time
from collections.abc import Collection, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from config.waiting.asking import ask
from config.waiting.hub import Hub, Offer
from interactions import offering, waking
from interactions.offering import Work

EVERY = 5.0  # seconds between looks for all that is waited for
EVERY_DEAF = 0.5  # while Redis does not answer
OFTEN = 0.2  # for topics that no news tells of
AGAIN = 0.5  # seconds between attempts to reach Redis
SILENCE = 15.0  # seconds after which Redis is asked whether it is still there

Found = tuple[Collection[str], list[tuple[Work, int]]]  # topics, and of what work how much

log = logging.getLogger(__name__)


class Ear:
    """It opens when the first request waits. `threads` look into the database."""

    def __init__(self, hub: Hub, url: str, threads: Executor) -> None:
        self.hub, self.url, self.threads = hub, url, threads
        self.is_listening = False
        self.missed = asyncio.Event()  # something, perhaps
        self.tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        if not self.tasks:
            loop = asyncio.get_running_loop()
            self.tasks = [loop.create_task(self.listen()), loop.create_task(self.look_around())]

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def listen(self) -> None:
        while True:
            try:
                async with Redis.from_url(self.url, socket_connect_timeout=1) as redis:
                    await self.listen_to(redis)
            except Exception as error:  # the ear must not go deaf for good
                if self.is_listening:
                    is_redis = isinstance(error, RedisError | OSError)
                    why = "Redis does not answer (%s): those who wait are told by the database."
                    log.warning(why, error, exc_info=None if is_redis else error)
                self.is_listening = False
            await asyncio.sleep(AGAIN)

    async def listen_to(self, redis: Redis) -> None:
        async with redis.pubsub() as pubsub:
            own = offering.channel_of(self.hub.process)
            await pubsub.subscribe(offering.CHANNEL, own)
            self.is_listening = True
            self.missed.set()
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=SILENCE)
                if message is None:
                    await pubsub.ping()
                elif message["type"] == "message":
                    await self.hear(orjson.loads(message["data"]), is_own=message["channel"] == own.encode())

    async def hear(self, news: Any, is_own: bool) -> None:
        if is_own:
            number, *work = news
            await self.hub.give(number, tuple(work))
        else:
            offers = [Offer((queue, medium), *rest) for queue, medium, *rest in news.get("work", ())]
            await self.hub.hear(news.get("topics", ()), offers)

    async def look_around(self) -> None:
        looked_at = 0.0
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.missed.wait(), OFTEN)
            pause = EVERY if self.is_listening else EVERY_DEAF
            if self.missed.is_set() or time.monotonic() - looked_at >= pause:
                self.missed.clear()
                looked_at = time.monotonic()
                await self.look(self.hub.awaited_topics(), self.hub.awaited_queues())
            else:
                await self.look(self.hub.awaited_topics(waking.untold), {})

    async def look(self, topics: Mapping[str, int], queues: Mapping[str, int]) -> None:
        if topics or queues:
            loop = asyncio.get_running_loop()
            find = partial(look, topics, queues)
            nothing: Found = (), []
            found, work = await loop.run_in_executor(
                self.threads, ask, find, nothing, "Looking for those who wait"
            )
            self.hub.wake_all(found)
            for each, count in work:
                self.hub.wake_for(each, count)


def look(topics: Mapping[str, int], queues: Mapping[str, int]) -> Found:
    return waking.look(topics), waking.count_work(queues) if queues else []
