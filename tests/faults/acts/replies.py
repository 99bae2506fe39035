"""What is lost on its way back: done, and nobody was told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.cutter import Cutter
from tests.faults.load import PATIENCE
from tests.faults.scene import Scene, fault
from workbin_client import Client, Refused, Unreachable

LONG = 60  # seconds of quiet; nothing is to expire meanwhile

SUBMITTED = ["EventInteractionSubmitted", "EventPlacedInQueue", "EventPlacedInWorkbin"]
PULLED = ["EventTakenFromQueue", "EventTakenFromWorkbin", "EventPartyAdded"]
CHANGED = ["EventPropertiesChanged"]
PLACED = ["EventPartyRemoved", "EventPlacedInQueue", "EventPlacedInWorkbin"]
REVOKED = ["EventPartyRemoved", "EventRevoked"]
STOPPED = ["EventPartyRemoved", "EventProcessingStopped"]
LIFE = SUBMITTED + PULLED + CHANGED + PLACED + PULLED + PLACED + PULLED + REVOKED + PULLED + STOPPED
OWN_LIFE = ["EventInteractionSubmitted", "EventPartyAdded", *STOPPED]


@fault(cluster="special")
def replies_lost(scene: Scene) -> None:
    """Of each verb a reply is lost after the commit: the client asks again, and it is done once."""
    asyncio.run(lose_each(scene))


async def lose_each(scene: Scene) -> None:
    port = httpx.URL(scene.cluster.url).port
    assert port is not None
    async with Cutter.before(port) as cutter, httpx.AsyncClient() as http:
        await Loser(scene, cutter, http).lose_each()


class Loser:
    """The agent of the faults, and the media server."""

    def __init__(self, scene: Scene, cutter: Cutter, http: httpx.AsyncClient) -> None:
        self.scene, self.cast, self.cutter = scene, scene.load.cast, cutter
        self.agent = Client(cutter.url, http=http, patience=PATIENCE)
        self.media = Client(cutter.url, self.cast.media_token, http=http, patience=PATIENCE)

    async def lose(self, line: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask, and lose the first reply to a request whose first line has these words."""
        before = self.cutter.cuts
        self.cutter.cut_next(line)
        try:
            return await ask()
        finally:
            assert self.cutter.cuts == before + 1, f"no reply to {line} was lost"

    async def lose_each(self) -> None:
        await self.log_in()
        await self.live()
        await self.live_of_ones_own()
        await self.take_from_the_queue()
        await self.subscribe()
        await self.log_out()

    async def log_in(self) -> None:
        """The one verb that is not repeated by itself. The session that nobody knows of idles out."""
        name = self.scene.load.silent
        log_in = lambda: self.agent.log_in(name, self.cast.passwords[name])  # noqa: E731
        try:
            await self.lose("POST /api/v1/sessions", log_in)
        except Unreachable:
            await log_in()
        workbins = (await self.agent.get("workbins"))["workbins"]
        self.workbin = next(each["id"] for each in workbins if each["owner"] == name)

    async def live(self) -> None:
        given = {"workbin": self.workbin, "handling_timeout": LONG, "external_id": f"{self.cast.run}lost"}
        submit = lambda: self.media.submit(self.cast.media_type, **given)  # noqa: E731
        id = (await self.lose("POST /api/v1/interactions ", submit))["id"]
        self.scene.expected[id] = LIFE
        party = await self.pull(id)
        await self.lose("POST /api/v1/keep-alive", self.agent.keep_alive)
        await self.lose(
            f"PATCH /api/v1/interactions/{id} ",
            lambda: self.agent.call("PATCH", f"interactions/{id}", party=party, priority=7),
        )
        await self.end(id, "place-in-queue", party=party)
        await self.end(id, "place-in-workbin", party=await self.pull(id), workbin=self.workbin)
        await self.pull(id)
        await self.end(id, "revoke")
        await self.end(id, "stop-processing", party=await self.pull(id))

    async def pull(self, id: int) -> int:
        path = f"workbins/{self.workbin}/pull"
        answer = await self.lose(f"POST /api/v1/{path}", lambda: self.agent.post(path, interactions=[id]))
        [held] = answer["interactions"]
        return int(held["party"]["id"])

    async def end(self, id: int, act: str, **given: Any) -> None:
        path = f"interactions/{id}/{act}"
        await self.lose(f"POST /api/v1/{path}", lambda: self.agent.post(path, **given))

    async def live_of_ones_own(self) -> None:
        given = {"workbin": self.workbin, "handling_timeout": LONG, "external_id": f"{self.cast.run}own"}
        submit = lambda: self.agent.submit(self.cast.media_type, **given)  # noqa: E731
        own = await self.lose("POST /api/v1/interactions ", submit)
        self.scene.expected[own["id"]] = OWN_LIFE
        await self.end(own["id"], "stop-processing", party=own["party"]["id"])

    async def take_from_the_queue(self) -> None:
        """Whatever waits there, if anything does. It is given back."""
        [queue] = self.cast.queues
        for path in (f"queues/{queue}/pull", "pull-next"):
            answer = await self.lose(f"POST /api/v1/{path}", lambda path=path: self.agent.post(path))  # type: ignore[misc]
            for held in answer["interactions"]:
                try:
                    await self.end(held["id"], "place-in-queue", party=held["party"]["id"])
                except Refused as refusal:  # a second is not long
                    assert refusal.code in ("not_held", "stopped")

    async def subscribe(self) -> None:
        path = f"workbins/{self.workbin}/subscription"
        await self.lose(f"PUT /api/v1/{path}", lambda: self.agent.call("PUT", path))
        try:
            await self.lose(f"DELETE /api/v1/{path}", lambda: self.agent.call("DELETE", path))
        except Refused as refusal:
            assert refusal.code == "not_subscribed"

    async def log_out(self) -> None:
        try:
            path = "sessions/current"
            await self.lose(f"DELETE /api/v1/{path}", lambda: self.agent.call("DELETE", path))
        except Refused as refusal:
            assert (refusal.code, refusal.reason) == ("not_authenticated", "ended")
