"""Makes the deliveries that are due. Any number of these may run at once."""

import asyncio
import time
from functools import cached_property
from typing import TYPE_CHECKING

from reporting.webhooks import outbox, signing
from reporting.webhooks.outbox import Claimed
from reporting.webhooks.posting import TIMEOUT, Outcome, post

if TYPE_CHECKING:
    import httpx

SPELL = TIMEOUT  # seconds in which new ones are taken up: then it is the turn of a worker's other tasks
LOOK_EVERY = 0.5  # seconds, for what has become due while others are slow to answer


def deliver() -> int:
    """What is due, all webhooks at once: none waits for the answers of another. Returns how many it made."""
    outbox.give_up()
    with asyncio.Runner() as runner:
        made = _Round(runner).run()
    return made


class _Round:
    """Each outcome is recorded as it comes, outside the event loop, where the database may be asked."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self.runner = runner
        self.running: dict[asyncio.Task[Outcome], Claimed] = {}
        self.failing: set[int] = set()  # webhooks that are left alone until the next round
        self.made = 0

    @cached_property
    def client(self) -> "httpx.AsyncClient":
        """Only where there is something to deliver: it reads the certificates of all authorities."""
        from httpx import AsyncClient

        return AsyncClient(timeout=None)  # see post

    def run(self) -> int:
        began, delivered = time.monotonic(), False
        while True:
            if time.monotonic() - began < SPELL:
                self._take_up()
            if not self.running:
                break
            waiting = asyncio.wait(self.running, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
            done, _ = self.runner.run(waiting)
            for task in done:
                delivered |= self._record(task)
        if self.made:
            self.runner.run(self.client.aclose())
        if delivered:
            outbox.poke()  # there may be more
        return self.made

    def _take_up(self) -> None:
        """Of webhooks that have answered all that they were asked, and well."""
        busy = {claimed.webhook for claimed in self.running.values()}
        for claimed in outbox.claim(but=busy | self.failing):
            self.running[self.runner.get_loop().create_task(_post(self.client, claimed))] = claimed
            self.made += 1

    def _record(self, task: asyncio.Task[Outcome]) -> bool:
        claimed, outcome = self.running.pop(task), task.result()
        outbox.record(claimed, outcome)
        if not outcome.is_good:
            self.failing.add(claimed.webhook)
        return outcome.is_good


async def _post(client: "httpx.AsyncClient", claimed: Claimed) -> Outcome:
    body = claimed.body
    headers = signing.headers(claimed.kind, claimed.id, claimed.timestamp, claimed.secret, body)
    return await post(client, claimed.url, body, headers)
