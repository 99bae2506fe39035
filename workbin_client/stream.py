"""Server-Sent Events, as far as this API sends them: `id`, `data`, comments."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import NamedTuple

import httpx

from workbin_client.errors import Refused
from workbin_client.requests import ANSWER, BUSY, Requests, failure_of, pauses, retry_after
from workbin_client.shapes import Event

log = logging.getLogger(__name__)

SILENCE = 45.0  # seconds: a comment comes every 15, so this connection is dead


class Message(NamedTuple):
    id: str
    data: str


async def messages(pieces: AsyncIterator[bytes]) -> AsyncIterator[Message]:
    """Only what has come whole. Lines end with \\n: JSON may have what Python takes for other line ends."""
    rest, id, data = b"", "", ""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            name, _, value = line.decode().rstrip("\r").partition(":")
            if name == "id":
                id = value.strip()
            elif name == "data":
                data = value.strip()
            elif not line.strip() and id:
                yield Message(id, data)
                id, data = "", ""


async def follow(requests: Requests, path: str, after: str | None) -> AsyncIterator[Message]:
    """Without an end: what breaks off is taken up there. The first of a connection may have an id alone.

    Errors: Refused, CursorExpired.
    """
    waits = pauses()
    while True:
        headers = requests.headers | {"Accept": "text/event-stream"}
        headers |= {"Last-Event-ID": after} if after else {}
        asked = 0.0
        try:
            async with requests.http.stream(
                "GET", requests.base + path, headers=headers, timeout=httpx.Timeout(ANSWER, read=SILENCE)
            ) as response:
                if is_stream(response):
                    async for message in messages(response.aiter_bytes()):
                        waits = pauses()
                        after = message.id
                        yield message
                else:
                    await response.aread()
                    failure = failure_of(response)
                    if isinstance(failure, Refused) and response.status_code not in BUSY:
                        raise failure
                    asked = retry_after(response, 0)
        except httpx.TransportError as error:
            log.debug("%s broke off: %r", path, error)
        await asyncio.sleep(max(asked, next(waits)))


def is_stream(response: httpx.Response) -> bool:
    kind = response.headers.get("Content-Type", "")
    return response.is_success and kind.startswith("text/event-stream")


async def follow_events(requests: Requests, after: str | None) -> AsyncIterator[Event]:
    """The agent's, each with the `cursor` that goes on after it."""
    async for message in follow(requests, "events/stream", after):
        if message.data:
            yield {**json.loads(message.data), "cursor": message.id}
