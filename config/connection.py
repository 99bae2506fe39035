"""A client's connection, as uvicorn reads it, with bounds of ours: nobody keeps one by being slow.

uvicorn itself ends only those that are idle after an answer. How long a body may take is the bridge's.
"""

import asyncio
import resource
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from config.refusals import Refused

FILES_OF_OURS = 100  # the database's and Redis's connections, the log, what is served from a file


class Connection(HttpToolsProtocol):
    head_seconds: ClassVar[float] = 15  # from its first byte, or the connection's beginning, to its end
    head_bytes: ClassVar[int] = 64 * 1024
    reading_seconds: ClassVar[float] = 30  # in which a client must take something of an answer
    most: ClassVar[int | None] = None  # connections of the process

    slow_head: asyncio.TimerHandle | None = None
    slow_reader: asyncio.TimerHandle | None = None
    is_between = True  # requests: not even the first byte of a head has come
    is_in_head = True
    head_size = 0

    # --- The head of a request ----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.wait_for_head()
        if self.most is not None and len(self.connections) > self.most:
            transport.abort()

    def wait_for_head(self) -> None:
        self.slow_head = self.loop.call_later(self.head_seconds, self.on_slow_head)

    def stop_waiting(self) -> None:
        if self.slow_head:
            self.slow_head.cancel()
            self.slow_head = None

    def data_received(self, data: bytes) -> None:
        if self.is_between and not data.strip(b"\r\n"):
            return  # or empty lines would keep a connection that is idle
        super().data_received(data)
        if self.is_in_head:
            self.head_size += len(data)
            if self.head_size > self.head_bytes:
                self.refuse(431, "The head of the request is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.is_between, self.is_in_head, self.head_size = False, True, 0
        if self.slow_head is None:
            self.wait_for_head()

    def on_headers_complete(self) -> None:
        self.is_in_head = False
        self.stop_waiting()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.head_bytes:
            self.refuse(431, "The head of the request is too large.")
        elif not self.is_well_addressed():
            self.refuse(400, "An HTTP/1.1 request names its host, once.")
        if not self.transport.is_closing():
            super().on_headers_complete()

    def is_well_addressed(self) -> bool:
        hosts = sum(name == b"host" for name, _ in self.headers)
        version = self.parser.get_http_version()
        return version in ("1.0", "1.1") and (hosts == 1 or (hosts == 0 and version == "1.0"))

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        self.is_between = True
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_slow_head(self) -> None:
        if self.is_answering():  # an earlier request of a pipeline, whose reading may be stopped meanwhile
            self.wait_for_head()
        elif self.is_between:
            self.transport.close()
        else:
            self.refuse(408, "The head of the request came too slowly.")

    def is_answering(self) -> bool:
        return bool(self.pipeline) or (self.cycle is not None and not self.cycle.response_complete)

    # --- What is no request, in our words -----------------------------------------------------------

    def send_400_response(self, msg: str) -> None:
        self.refuse(400, "This is no HTTP request.")

    def refuse(self, status: int, detail: str) -> None:
        """And close. Amid the answer to an earlier request of a pipeline nothing can be said."""
        if self.transport.is_closing():
            return
        if not self.is_answering():
            self.transport.write(bytes(Refused(status, detail)))
        self.transport.close()

    # --- Who takes the answer -----------------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        self.watch_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.stop_watching()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.watch_reader()

    def watch_reader(self, left: int | None = None) -> None:
        """Until there is nothing left to send. Who takes nothing of it for a while is gone."""
        now = self.transport.get_write_buffer_size()
        if left is not None and now >= left:
            self.transport.abort()
        elif now:
            self.stop_watching()
            self.slow_reader = self.loop.call_later(self.reading_seconds, self.watch_reader, now)

    def stop_watching(self) -> None:
        if self.slow_reader:
            self.slow_reader.cancel()
            self.slow_reader = None

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_waiting()
        self.stop_watching()
        super().connection_lost(exc)


def most_connections() -> int | None:
    """So many that a full process can still open files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else max(1, soft - FILES_OF_OURS)
