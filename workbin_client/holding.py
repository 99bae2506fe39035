"""What is in hand: kept alive in the background. A hold that is lost ends its block, as a timeout would."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple

from workbin_client.errors import HoldLost, Refused, Unreachable, WorkbinError
from workbin_client.requests import Key, Requests
from workbin_client.shapes import Interaction, Json, Party
from workbin_client.stream import follow_events

SHORTEST = 0.25  # seconds between keep-alives, when a hold nears an end that they cannot move
OVERDUE = 1.0  # seconds for an answer when the deadline is over
GIVE_BACK = 5.0  # seconds for giving back what an exception leaves behind
OVER = {"not_held", "stale_party", "stopped"}

log = logging.getLogger(__name__)


class Hold:
    """`async with client.hold(interaction) as hold:` keeps it until the block ends it or is left.

    Left without an end, with an exception or without one, the interaction is placed back where it stood, at
    the end of that line. (To let it expire instead would keep it for as long as the agent does anything.)
    Errors: HoldLost, also out of the block's middle.
    """

    def __init__(self, keeper: "Keeper", interaction: Interaction) -> None:
        if interaction["party"] is None:
            raise ValueError(f"nobody holds interaction {interaction['id']}: pull it first")
        self.interaction = interaction
        self.party = interaction["party"]["id"]
        self._keeper = keeper
        self._task: asyncio.Task[Any] | None = None
        self._lost: HoldLost | None = None
        self._was_cancelled = False  # by us
        self._is_over = False
        self._asks = 0  # requests under way that may end it: their answers say how it stands

    async def stop(self, reason: str | None = None) -> None:
        """The interaction is complete."""
        await self._end("stop-processing", reason=reason)

    async def place_in_queue(self, queue: str | None = None) -> None:
        """At the end of that queue's line; without one, of the line where it stood."""
        await self._end("place-in-queue", queue=queue)

    async def place_in_workbin(self, workbin: int) -> None:
        await self._end("place-in-workbin", workbin=workbin)

    async def change(self, **properties: Any) -> Interaction:
        """`user_data` is merged, and None deletes a key; also `priority` and what else PATCH takes."""
        answer = await self._ask("PATCH", "", properties)
        self.interaction = answer["interaction"]
        return self.interaction

    async def _end(self, act: str, **given: Any) -> None:
        given = {name: value for name, value in given.items() if value is not None}
        self._asks += 1
        try:
            await self._ask("POST", f"/{act}", given)
            self._is_over = True
            self._keeper.drop(self)
        finally:
            self._asks -= 1

    async def _ask(self, method: str, act: str, given: Mapping[str, Any]) -> Json:
        path = f"interactions/{self.interaction['id']}{act}"
        key = Key() if method == "POST" else None
        try:
            return await self._keeper.requests.call(
                method, path, body={"party": self.party, **given}, key=key
            )
        except Refused as refusal:
            if refusal.code not in OVER:
                raise
            self._lost = HoldLost(self.interaction["id"], refusal.reason or refusal.code)
            self._keeper.drop(self)
            raise self._lost from refusal

    def lose(self, reason: str) -> None:
        """Called by the keeper, while the block's task is suspended."""
        if self._lost or self._is_over or self._asks or self._task is None:
            return
        self._lost = HoldLost(self.interaction["id"], reason)
        self._keeper.drop(self)
        self._was_cancelled = True
        self._task.cancel()

    async def __aenter__(self) -> "Hold":
        self._task = asyncio.current_task()
        assert self._task is not None
        self._cancelling = self._task.cancelling()
        self._keeper.add(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task, self._task = self._task, None  # nobody cancels any more
        assert task is not None
        if self._was_cancelled:
            is_cancelled_by_others = task.uncancel() > self._cancelling
            if error is None or (kind is asyncio.CancelledError and not is_cancelled_by_others):
                assert self._lost is not None
                raise self._lost from None
        elif not self._is_over and not self._lost:
            await self._give_back(error)

    async def _give_back(self, error: BaseException | None) -> None:
        try:
            async with asyncio.timeout(GIVE_BACK if error else None):
                await self.place_in_queue()
        except (WorkbinError, TimeoutError) as failure:
            if error is None:
                raise
            log.warning("interaction %s was not given back: %s", self.interaction["id"], failure)
        finally:
            self._keeper.drop(self)


class Term(NamedTuple):
    """By the event loop's clock."""

    deadline: float
    ask_at: float


class Keeper:
    """Of all holds of a client: one request keeps them all. By the server's clock."""

    def __init__(self, requests: Requests) -> None:
        self.requests = requests
        self.cursor: str | None = None  # of the agent's events
        self._holds: dict[Hold, Term] = {}
        self._ahead: float | None = None  # the server's clock against the event loop's, in seconds
        self._is_new = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def heed(self, server_time: str) -> None:
        """Of an answer that has just come."""
        self._ahead = datetime.fromisoformat(server_time).timestamp() - _time()

    def add(self, hold: Hold) -> None:
        party = hold.interaction["party"]
        assert party is not None
        self._holds[hold] = self._term(self._deadline(party))
        self._is_new.set()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._keep()), asyncio.create_task(self._listen())]

    def drop(self, hold: Hold) -> None:
        self._holds.pop(hold, None)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def _deadline(self, party: Party) -> float:
        """Without any server time yet, now: it is asked for at once."""
        if self._ahead is None:
            return _time()
        return datetime.fromisoformat(party["deadline_at"]).timestamp() - self._ahead

    def _term(self, deadline: float) -> Term:
        """To be kept alive after a third of what remains."""
        return Term(deadline, _time() + max((deadline - _time()) / 3, SHORTEST))

    async def _keep(self) -> None:
        while True:
            try:
                async with asyncio.timeout_at(
                    min((term.ask_at for term in self._holds.values()), default=None)
                ):
                    await self._is_new.wait()
                self._is_new.clear()
            except TimeoutError:
                await self._keep_alive()

    async def _keep_alive(self) -> None:
        asked = dict(self._holds)  # before: what is pulled meanwhile is not in the answer
        if not asked:
            return
        for hold, term in asked.items():
            self._holds[hold] = self._term(term.deadline)  # whatever comes of this
        patience = max(min(term.deadline for term in asked.values()) - _time(), OVERDUE)
        try:
            async with asyncio.timeout(patience):
                answer = await self.requests.call("POST", "keep-alive", body={}, patience=patience)
        except (Unreachable, TimeoutError):
            for hold, term in asked.items():
                if term.deadline <= _time():
                    hold.lose("unreachable")
        except Refused as refusal:
            for hold in asked:
                hold.lose(refusal.reason or refusal.code)
        else:
            self.heed(answer["server_time"])
            parties = {party["id"]: party for party in answer["parties"]}
            for hold in asked:
                if hold not in self._holds:
                    continue
                if hold.party in parties:
                    self._holds[hold] = self._term(self._deadline(parties[hold.party]))
                else:
                    hold.lose(await self._why(hold))

    async def _why(self, hold: Hold) -> str:
        """A change of nothing is refused to a party that is over, and the refusal says how it ended."""
        path = f"interactions/{hold.interaction['id']}"
        try:
            await self.requests.call("PATCH", path, body={"party": hold.party}, patience=0)
        except Refused as refusal:
            return refusal.reason or refusal.code
        except Unreachable:
            pass
        return "unknown"

    async def _listen(self) -> None:
        """A hold that another ends is lost at once, not with the next keep-alive."""
        while True:
            try:
                async for event in follow_events(self.requests, self.cursor):
                    if event["event"] == "EventRevoked":
                        for hold in [hold for hold in self._holds if hold.party == event["party"]]:
                            hold.lose(str(event["reason"]).lower())
            except Refused as refusal:  # an old cursor, or no session: the keep-alive will say so
                log.debug("not listening: %s", refusal)
                self.cursor = None
                await asyncio.sleep(GIVE_BACK)


def _time() -> float:
    return asyncio.get_running_loop().time()
