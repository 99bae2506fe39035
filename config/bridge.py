"""A synchronous WSGI application as an ASGI one, in a fixed pool of threads.

A thread, with the database connection that it keeps, is taken when a request is complete and given back when
its response is, or the next piece of it: neither slow senders nor slow readers hold one.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_to_bytes

from config.messages import Client, ClientLeft, Message, Receive, Send, has_length, last, send_all, start
from config.pieces import Pieces
from config.refusals import Refused
from config.waiting import Asked, Room
from interactions.waking import IS_REPEATED, TAKEN, WAIT, Wait

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

BODIES = 256  # as many of the largest size are kept at once


class Body:
    """What has come of a request's body; nothing is kept of one that is too large."""

    def __init__(self) -> None:
        self.content: bytes | bytearray = bytearray()
        self.is_too_large = False


class Bridge:
    """`environ["workbin.body_too_large"]` is true where the body exceeded `max_body` and was thrown away."""

    def __init__(
        self,
        wsgi: Wsgi,
        threads: int,
        max_body: int,
        *,
        body_seconds: float = 30,
        send_seconds: float = 30,
        redis_url: str = "",
    ) -> None:
        self.wsgi = wsgi
        self.max_body = max_body
        self.kept = 0  # bytes of bodies, of all requests that have not been answered
        self.body_seconds = body_seconds
        self.send_seconds = send_seconds
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self.room = Room(redis_url, self.threads, max(1, threads // 2), send_seconds) if redis_url else None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body = Body()
        try:
            await self.read_body(scope, receive, body)
            await self.serve(scope, body, receive, send)
        except ClientLeft:
            pass
        except Refused as refused:
            with suppress(ClientLeft):
                await send_all(send, refused.messages())
        finally:
            self.kept -= len(body.content)

    async def serve(self, scope: Message, body: Body, receive: Receive, send: Send) -> None:
        client = Client(asyncio.get_running_loop(), receive, send)

        async def ask(again: Wait | None = None) -> Asked:
            environ = environ_of(scope, body.content) | {"workbin.body_too_large": body.is_too_large}
            if again:
                environ |= {IS_REPEATED: True, "HTTP_LAST_EVENT_ID": again.last_event_id}
            return await client.loop.run_in_executor(self.threads, self.answer, environ, client)

        try:
            client.watch()
            heard = self.room.hub.heard if self.room else 0
            answer, wait, _, rest = await ask()
            if wait and self.room:
                answer = await self.room.stay(client, ask, heard, wait, answer)
            await self.send(client, answer, rest)
        finally:
            client.forget()

    async def send(self, client: Client, messages: list[Message], rest: Pieces | None) -> None:
        """A thread makes each piece of the rest when the one before was taken. Errors: ClientLeft."""
        if rest is None:
            return await send_all(client.send, messages)
        try:
            await self.send_in_time(client, messages)
            while rest.has_more:
                messages = [await client.loop.run_in_executor(self.threads, rest.make)]
                client.check()
                await self.send_in_time(client, messages)
        finally:
            await client.loop.run_in_executor(self.threads, rest.close)

    async def send_in_time(self, client: Client, messages: list[Message]) -> None:
        try:
            async with asyncio.timeout(self.send_seconds):
                await send_all(client.send, messages)
        except TimeoutError:
            raise ClientLeft from None

    async def read_body(self, scope: Message, receive: Receive, body: Body) -> None:
        """Errors: ClientLeft, Refused."""
        if not any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]):
            return
        try:
            async with asyncio.timeout(self.body_seconds):
                while not self.keep(await receive(), body):
                    pass
        except TimeoutError:
            raise Refused(408, "The body came too slowly.") from None

    def keep(self, message: Message, body: Body) -> bool:
        """Whether this was the last part. Errors: ClientLeft, Refused."""
        if message["type"] == "http.disconnect":
            raise ClientLeft
        part = message.get("body", b"")
        body.is_too_large |= len(body.content) + len(part) > self.max_body
        if body.is_too_large:
            self.kept -= len(body.content)
            body.content = b""
        elif self.kept + len(part) > BODIES * self.max_body:
            raise Refused(503, "Too many large requests come at once: try again.", retry_after="5")
        else:
            self.kept += len(part)
            body.content += part
        return not message.get("more_body", False)

    def answer(self, environ: dict[str, Any], client: Client) -> Asked:
        """In a thread."""
        client.check()
        answer, rest = self.respond(environ)
        return Asked(answer, environ.get(WAIT), environ.get(TAKEN, ()), rest)

    def respond(self, environ: dict[str, Any]) -> tuple[list[Message], Pieces | None]:
        """What is to be sent, and where it comes from if there is more."""
        head: list[Message] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head[:] = [start(int(status[:3]), headers)]

        result = self.wsgi(environ, start_response)
        is_whole = isinstance(result, list) or getattr(result, "streaming", True) is False
        pieces = Pieces(result, lambda: bool(head) and has_length(head[0]))
        try:
            body = last(b"".join(result)) if is_whole else pieces.make()
        except BaseException:
            pieces.close()
            raise
        if is_whole or not pieces.has_more:
            pieces.close()
            return [*head, body], None
        return [*head, body], pieces


def environ_of(scope: Message, body: bytes | bytearray) -> dict[str, Any]:
    """The request in WSGI's words (PEP 3333): bytes as latin-1, path without the prefix it is mounted at."""
    prefix = scope.get("root_path", "")
    raw_path = scope.get("raw_path")
    path = unquote_to_bytes(raw_path) if raw_path else scope["path"].encode()
    host, port = scope.get("server") or ("localhost", None)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": prefix.encode().decode("latin-1"),
        "PATH_INFO": path.removeprefix(prefix.encode()).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client := scope.get("client"):
        environ |= {"REMOTE_ADDR": client[0], "REMOTE_PORT": str(client[1])}
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name or raw_name == b"transfer-encoding":
            continue  # with an underscore it could pass for the one with a hyphen, which a proxy has set
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        between = "; " if name == "COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ
