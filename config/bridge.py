"""A synchronous WSGI application as an ASGI one, in a fixed pool of threads.

A thread, with the database connection that it keeps, is taken when a request is complete and given back when
its response is: neither slow senders nor, but for streams, slow readers hold one.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Emit = Callable[[list[Message]], None]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

STREAM_BYTES = 64 * 1024  # passed on at once where the length of a stream is known beforehand


class ClientLeft(Exception):
    """The client closed the connection, or does not take what we send."""


class Bridge:
    """`environ["workbin.body_too_large"]` is true where the body exceeded `max_body` and was thrown away."""

    def __init__(
        self, wsgi: Wsgi, threads: int, max_body: int, body_seconds: float = 30, send_seconds: float = 30
    ) -> None:
        self.wsgi = wsgi
        self.max_body = max_body
        self.body_seconds = body_seconds
        self.send_seconds = send_seconds
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            body, too_large = await self.read_body(scope, receive)
        except ClientLeft:
            return
        except TimeoutError:
            return await send_all(send, too_slow())
        environ = environ_of(scope, body) | {"workbin.body_too_large": too_large}
        loop = asyncio.get_running_loop()
        client = Client(loop, receive, send, self.send_seconds)
        try:
            rest = await loop.run_in_executor(self.threads, self.respond, environ, client.emit)
            await send_all(send, rest)
        except ClientLeft:
            pass
        finally:
            client.forget()

    async def read_body(self, scope: Message, receive: Receive) -> tuple[bytes, bool]:
        if not any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]):
            return b"", False
        body, size, more = bytearray(), 0, True
        async with asyncio.timeout(self.body_seconds):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientLeft
                size += len(message.get("body", b""))
                body += message.get("body", b"")
                if size > self.max_body:
                    body.clear()
                more = message.get("more_body", False)
        return bytes(body), size > self.max_body

    def respond(self, environ: dict[str, Any], emit: Emit) -> list[Message]:
        """In a thread. Emits what a stream gives as it gives it, and returns what is left to send."""
        head: list[Message] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head[:] = [start(int(status[:3]), headers)]

        result = self.wsgi(environ, start_response)
        try:
            if isinstance(result, list) or getattr(result, "streaming", True) is False:
                return [*head, last(b"".join(result))]
            patient = False
            waiting = bytearray()
            for chunk in result:
                waiting += chunk
                patient = patient or (bool(head) and has_length(head[0]))
                if waiting and (not patient or len(waiting) >= STREAM_BYTES):
                    emit([*head, {"type": "http.response.body", "body": bytes(waiting), "more_body": True}])
                    head.clear()
                    waiting.clear()
            return [*head, last(bytes(waiting))]
        finally:
            if close := getattr(result, "close", None):
                close()


class Client:
    """Lets a thread send while the response goes on, and notices when nobody listens any more."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, send: Send, seconds: float) -> None:
        self.loop, self.receive, self.send, self.seconds = loop, receive, send, seconds
        self.listener: asyncio.Task[None] | None = None
        self.has_left = False

    def emit(self, messages: list[Message]) -> None:
        sent = asyncio.run_coroutine_threadsafe(self.pass_on(messages), self.loop)
        try:
            sent.result(self.seconds)
        except TimeoutError:
            sent.cancel()
            raise ClientLeft from None

    async def pass_on(self, messages: list[Message]) -> None:
        if self.listener is None:
            self.listener = self.loop.create_task(self.listen())
        if self.has_left:
            raise ClientLeft
        await send_all(self.send, messages)

    async def listen(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.has_left = True

    def forget(self) -> None:
        if self.listener:
            self.listener.cancel()


async def send_all(send: Send, messages: list[Message]) -> None:
    for message in messages:
        await send(message)


def start(status: int, headers: list[tuple[str, str]]) -> Message:
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if status in (204, 304):  # have no body, and so no length of one
        encoded = [header for header in encoded if header[0] != b"content-length"]
    return {"type": "http.response.start", "status": status, "headers": encoded}


def last(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body}


def has_length(head: Message) -> bool:
    return any(name == b"content-length" for name, _ in head["headers"])


def too_slow() -> list[Message]:
    body = (
        b'{"type":"about:blank","title":"Request Timeout","status":408,"detail":"The body came too slowly."}'
    )
    headers = [("content-type", "application/problem+json"), ("content-length", str(len(body)))]
    headers += [("x-content-type-options", "nosniff"), ("cache-control", "no-store")]
    return [start(408, [*headers, ("connection", "close")]), last(body)]


def environ_of(scope: Message, body: bytes) -> dict[str, Any]:
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
