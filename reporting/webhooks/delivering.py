"""Makes the deliveries that are due. Any number of these may run at once."""

import asyncio

import httpx

from reporting.webhooks import outbox, signing
from reporting.webhooks.outbox import Claimed
from reporting.webhooks.posting import Outcome, post


def deliver() -> int:
    """One batch, all of it at once, so that it takes no longer than its slowest. Returns how many it had."""
    outbox.give_up()
    batch = outbox.claim()
    if batch:
        _deliver(batch)
        outbox.poke()  # there may be more
    return len(batch)


def _deliver(batch: list[Claimed]) -> None:
    """Each outcome is recorded as it comes, outside the event loop, where the database may be asked."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        client = httpx.AsyncClient(timeout=None)  # see post
        running = {loop.create_task(_post(client, claimed)): claimed for claimed in batch}
        while running:
            done, _ = runner.run(asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED))
            for task in done:
                outbox.record(running.pop(task), task.result())
        runner.run(client.aclose())


async def _post(client: httpx.AsyncClient, claimed: Claimed) -> Outcome:
    body = claimed.body
    headers = signing.headers(claimed.kind, claimed.id, claimed.timestamp, claimed.secret, body)
    return await post(client, claimed.url, body, headers)
