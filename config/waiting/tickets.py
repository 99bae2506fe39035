"""The lines and tickets in Redis, for a web process. They are hints: without Redis the database tells."""

from collections.abc import Collection
from contextlib import suppress

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from interactions import offering
from interactions.offering import Work

CONNECTIONS = 8  # however many come to wait at once


class RedisTickets:
    def __init__(self, url: str) -> None:
        patience = {"timeout": 1, "socket_timeout": 1, "socket_connect_timeout": 1}
        pool = BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, **patience)
        self.redis = Redis(connection_pool=pool)

    async def stand(self, lines: Collection[str], name: str, turn: str) -> str:
        """From here on this one is given what is offered, at its turn, which is returned."""
        try:
            found: bytes = await offering.stand(self.redis, lines, name, turn)
        except (RedisError, OSError):
            return turn
        return found.decode()

    async def step_out(self, lines: Collection[str], name: str) -> None:
        pipeline = self.redis.pipeline(transaction=False)
        for line in lines:
            pipeline.zrem(line, name)
        with suppress(RedisError, OSError):
            await pipeline.execute()

    async def pop(self, ticket: str, count: int) -> int:
        """For how many pieces of work this process may wake somebody. All, if Redis does not answer: better
        one too many awake than work that waits."""
        try:
            return len(await self.redis.lpop(ticket, count) or ())
        except (RedisError, OSError):
            return count

    async def offer(self, work: Work, count: int) -> bool:
        """To whoever waits for it in any process. Whether Redis has heard it."""
        try:
            await offering.offer(self.redis, work, count)
        except (RedisError, OSError):
            return False
        return True
