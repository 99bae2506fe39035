"""A small proxy that loses what it is told to lose, on its way back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass
class Cutter:
    """The next request whose first line has some words is forwarded, and its answer is cut, held or late."""

    port: int  # the server's
    own_port: int = 0
    cuts: int = 0
    caught: asyncio.Event = field(default_factory=asyncio.Event)
    _words: bytes = b""
    _delay: float | None = None  # before the answer is passed on; None: it is cut
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @classmethod
    @contextlib.asynccontextmanager
    async def before(cls, port: int) -> AsyncIterator["Cutter"]:
        cutter = cls(port)
        await cutter.open_door()
        try:
            yield cutter
        finally:
            await cutter.close_door()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.own_port}"

    def cut_next(self, words: str) -> None:
        self._words, self._delay = words.encode(), None

    def delay_next(self, words: str, seconds: float) -> None:
        self._words, self._delay = words.encode(), seconds

    def hold_next(self, words: str) -> None:
        self.delay_next(words, 3600)

    async def open_door(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.own_port)
        self.own_port = self._server.sockets[0].getsockname()[1]

    async def close_door(self) -> None:
        """All connections break, and there are no new ones."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.port)
            self._open |= {writer, server_writer}
            caught = asyncio.Event()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._forward(reader, server_writer, caught))
                    group.create_task(self._answer(server_reader, writer, caught))
            except* OSError:
                pass
            finally:
                self._open -= {writer, server_writer}
                for each in (writer, server_writer):
                    each.transport.abort()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, caught: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            if self._words and self._words in data.partition(b"\r\n")[0]:
                self._words = b""
                self.caught.set()
                caught.set()
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, caught: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            if caught.is_set():
                caught.clear()
                if self._delay is None:
                    self.cuts += 1
                    break
                await asyncio.sleep(self._delay)
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError
