"""ASGI messages, and the client at the other end."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientLeft(Exception):
    """The client closed the connection, or does not take what we send."""


class Client:
    """Notices when nobody listens any more."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, send: Send) -> None:
        self.loop, self.receive, self.send = loop, receive, send
        self.listener: asyncio.Task[None] | None = None
        self.has_left = False
        self.on_leave: Callable[[], None] | None = None

    def watch(self, on_leave: Callable[[], None] | None = None) -> None:
        """From here on it is noticed when the client leaves."""
        self.on_leave = on_leave or self.on_leave
        if self.listener is None:
            self.listener = self.loop.create_task(self.listen())

    def check(self) -> None:
        """Errors: ClientLeft."""
        if self.has_left:
            raise ClientLeft

    async def listen(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.has_left = True
        if self.on_leave:
            self.on_leave()

    def forget(self) -> None:
        if self.listener:
            self.listener.cancel()


async def send_all(send: Send, messages: list[Message]) -> None:
    """Errors: ClientLeft. With further requests behind this one, uvicorn tells only the last that the client
    has left; whoever answers the first finds that the connection is closed.
    """
    for message in messages:
        try:
            await send(message)
        except RuntimeError as error:
            if "the handler is closed" not in str(error):  # uvloop has no class of its own for it
                raise
            raise ClientLeft from None


def start(status: int, headers: list[tuple[str, str]]) -> Message:
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if status in (204, 304):  # have no body, and so no length of one
        encoded = [header for header in encoded if header[0] != b"content-length"]
    return {"type": "http.response.start", "status": status, "headers": encoded}


def last(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body}


def has_length(head: Message) -> bool:
    return any(name == b"content-length" for name, _ in head["headers"])
