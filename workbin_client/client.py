"""What an application asks for."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

import httpx

from workbin_client.errors import CursorExpired, Refused, Unreachable, WorkbinError
from workbin_client.holding import Hold, Keeper
from workbin_client.requests import Key, Requests
from workbin_client.shapes import Event, Interaction, Json
from workbin_client.stream import follow_events

LONGEST_WAIT = 30  # seconds
PAUSE = 2.0  # seconds until a paused queue, a full hand or a broken server is tried again
EMPTY = 0.1  # ... and a server that has nothing and cannot wait
LOG_OUT = 3.0  # seconds
UNKEYED = {"sessions", "keep-alive"}
PASSING = {"queue_paused", "capacity_reached", "throttled"}

log = logging.getLogger(__name__)


class Client:
    """An agent's application, after `log_in`, or a service with its token.

        async with Client("https://workbin.example.org") as client:
            await client.log_in("alice", password)

    At its end an agent who logged in is logged out. What is sent may be lost, and so may its answer: it is
    sent again where that is safe, for `patience` seconds. `http` is for proxies, certificates and shared
    connections.
    """

    def __init__(
        self, url: str, token: str = "", *, http: httpx.AsyncClient | None = None, patience: float = 30
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{url!r} is no address of a server: http://… or https://…")
        self._own_http = None if http else httpx.AsyncClient()
        self._requests = Requests(http or cast(httpx.AsyncClient, self._own_http), url, token, patience)
        self._keeper = Keeper(self._requests)
        self._unanswered: dict[str, list[Key]] = {}  # pulls that may have taken something, by what they asked
        self._has_logged_in = False

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._keeper.close()
            if self._has_logged_in:
                await self.log_out()
        finally:
            if self._own_http:
                await self._own_http.aclose()

    @property
    def token(self) -> str:
        return self._requests.token

    async def log_in(
        self, username: str, password: str, *, place: str | None = None, application: str | None = None
    ) -> Json:
        """The session and the agent. Events are followed from here on."""
        self._requests.token = ""
        given = {"username": username, "password": password, "place": place, "application": application}
        answer = await self.post("sessions", **{name: value for name, value in given.items() if value})
        self._requests.token = answer.pop("token")
        self._has_logged_in = True
        self._keeper.cursor = (await self.get("events"))["cursor"]
        return answer

    async def log_out(self) -> None:
        """What the agent still holds waits again, if this was the last session. It is over either way."""
        self._has_logged_in = False
        with suppress(WorkbinError, TimeoutError):
            async with asyncio.timeout(LOG_OUT):
                await self.call("DELETE", "sessions/current")
        self._requests.token = ""

    # --- Any request ----------------------------------------------------------------------------------

    async def get(self, path: str, **query: Any) -> Json:
        found = {name: value for name, value in query.items() if value is not None}
        return await self._requests.call("GET", path, query=found)

    async def post(self, path: str, **body: Any) -> Json:
        """Under an Idempotency-Key of its own. Errors (of all requests): Refused, Unreachable."""
        key = None if path in UNKEYED else Key()
        return await self._requests.call("POST", path, body=body, key=key)

    async def call(self, method: str, path: str, **body: Any) -> Json:
        """`PUT workbins/3/subscription` and so on."""
        return await self._requests.call(method, path, body=body or None)

    # --- What is to be done ---------------------------------------------------------------------------

    def pull(self, queue: str, *, media_types: Iterable[str] | None = None) -> AsyncIterator[Interaction]:
        """One interaction after the other, as they come, without an end. Each is in hand when it comes.

        A paused queue, a full hand (capacity) and a server that does not answer are waited for.
        Errors: Refused, with whatever does not pass by itself.
        """
        return self._pull(f"queues/{quote(queue, safe='')}/pull", media_types)

    def pull_next(self, *, media_types: Iterable[str] | None = None) -> AsyncIterator[Interaction]:
        """As `pull`, the best of all queues the agent may pull from."""
        return self._pull("pull-next", media_types)

    async def pull_from_workbin(
        self, workbin: int, *, interactions: Iterable[int] | None = None, count: int | None = None
    ) -> list[Interaction]:
        """Those, or none and Refused (`not_available`); or the first `count`."""
        body = {"count": count or 1} if interactions is None else {"interactions": [*interactions]}
        return await self._pull_once(f"workbins/{workbin}/pull", body)

    def hold(self, interaction: Interaction) -> Hold:
        """A context manager, for an interaction that was pulled or that the agent submitted."""
        return Hold(self._keeper, interaction)

    async def keep_alive(self) -> Json:
        """The agent is still at it. `hold` does this by itself."""
        return await self.post("keep-alive")

    async def submit(self, media_type: str, **given: Any) -> Interaction:
        """With `queue` or `workbin`, `external_id`, `user_data` and so on."""
        answer = await self.post("interactions", media_type=media_type, **given)
        return cast(Interaction, answer["interaction"])

    async def _pull(self, path: str, media_types: Iterable[str] | None) -> AsyncIterator[Interaction]:
        body: Json = {"wait_seconds": LONGEST_WAIT}
        if media_types is not None:
            body["media_types"] = [*media_types]
        complaint = ""
        while True:
            try:
                found = await self._pull_once(path, body)
            except (Refused, Unreachable) as error:
                if isinstance(error, Refused) and error.code not in PASSING:
                    raise
                if complaint != str(error):
                    complaint = str(error)
                    log.warning("%s: waiting: %s", path, complaint)
                await asyncio.sleep(PAUSE)
                continue
            complaint = ""
            for interaction in found:
                yield interaction
            if not found:
                await asyncio.sleep(EMPTY)

    async def _pull_once(self, path: str, body: Json) -> list[Interaction]:
        """Under one key until there is an answer, also if we are cancelled meanwhile: then the next pull of
        the kind gets what this one took."""
        what = f"{path} {body}"
        keys = self._unanswered.pop(what, [])
        key = keys.pop() if keys else Key()
        if keys:
            self._unanswered[what] = keys
        try:
            answer = await self._requests.call("POST", path, body=body, key=key)
            is_old = key.times_sent > 1
            parties = await self.get("parties") if is_old else {}
        except (Unreachable, asyncio.CancelledError):
            self._unanswered.setdefault(what, []).append(key)
            raise
        found: list[Interaction] = answer["interactions"]
        if not is_old:
            self._keeper.heed(answer["server_time"])
            return found
        self._keeper.heed(parties["server_time"])
        held = {party["id"]: party for party in parties["parties"]}
        return [
            {**each, "party": held[each["party"]["id"]]}
            for each in found
            if each["party"] and each["party"]["id"] in held
        ]

    # --- What happens ---------------------------------------------------------------------------------

    async def events(self, after: str | None = None) -> AsyncIterator[Event]:
        """The agent's events, as they come, without a gap: after a cursor, or since the log-in.

        Errors: CursorExpired, after a day without connection: what was missed is not to be had, the next time
        begins with the present. Refused, when the session has ended.
        """
        try:
            async for event in follow_events(self._requests, after or self._keeper.cursor):
                yield event
        except CursorExpired:
            self._keeper.cursor = None
            raise

    async def reporting_events(
        self, after: str | None = None, *, wait_seconds: int = LONGEST_WAIT, **filters: Any
    ) -> AsyncIterator[Event]:
        """The log from a cursor or the first event on; with `wait_seconds=0` only up to the present.

        An event's `cursor` goes on where none is missed: within a page that is before its first event.
        """
        while True:
            try:
                page = await self.get(
                    "reporting/events", after=after, limit=1000, wait_seconds=wait_seconds, **filters
                )
            except Unreachable as error:
                if not wait_seconds:
                    raise
                log.warning("%s", error)
                await asyncio.sleep(PAUSE)
                continue
            *most, last = page["events"] or [None]
            for event in most:
                yield {**event, "cursor": after}
            after = page["cursor"]
            if last:
                yield {**last, "cursor": after}
            elif wait_seconds:
                await asyncio.sleep(EMPTY)
            else:
                return
