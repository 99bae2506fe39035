"""procrastinate on the same PostgreSQL, through its own job manager: fetch_job, two heartbeats, finish_job.

A job has no deadline that could be moved: what comes nearest is the heartbeat of the worker that has it.
When that stops, somebody must ask for the stalled jobs and retry them. Finished jobs stay, as its workers
leave them by default, and triggers log the changes of their states, as ours are logged.
"""

import asyncio
import logging
import time

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status
from procrastinate.types import JSONValue

from benchmarks.peers.clients import Work

QUEUE = "peer"
BATCH = 10_000


def prepare(conninfo: str, waiting: int) -> None:
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    asyncio.run(_prepare(conninfo, waiting))


async def _prepare(conninfo: str, waiting: int) -> None:
    async with App(connector=PsycopgConnector(conninfo=conninfo)).open_async() as app:
        await app.schema_manager.apply_schema_async()
        task = app.configure_task("task", queue=QUEUE, allow_unknown=True)
        one: list[dict[str, JSONValue]] = [{"subject": "A question"}]
        for first in range(0, waiting, BATCH):
            size = min(BATCH, waiting - first)
            await task.batch_defer_async(*one * size)
        await app.connector.execute_query_async(query="ANALYZE procrastinate_jobs")


def client(conninfo: str) -> Work:
    """A connection alone in the pool; it is checked whenever it is taken, which is how the connector does."""
    loop = asyncio.new_event_loop()
    app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=1))

    async def start() -> int:
        await app.open_async()
        return await app.job_manager.register_worker()

    worker = loop.run_until_complete(start())

    async def cycle() -> None:
        job = await app.job_manager.fetch_job([QUEUE], worker)
        assert job is not None, "The queue is empty."
        for _ in range(2):
            await app.job_manager.update_heartbeat(worker)
        await app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=False)

    async def work(seconds: float) -> float:
        done, started = 0, time.perf_counter()
        while (now := time.perf_counter()) < started + seconds:
            await cycle()
            done += 1
        return done / (now - started)

    return lambda seconds: loop.run_until_complete(work(seconds))
