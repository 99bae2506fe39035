"""HTTP by hand, for clients by the thousand."""

import asyncio
import json
from typing import Any


class Call:
    """A connection, with one request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, method: str, path: str, token: str, body: Any = None, **headers: str) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if content:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        await self.writer.drain()

    async def head(self) -> bytes:
        status, head = await self._head()
        assert status in (200, 201), head
        return head

    async def answer(self) -> Any:
        status, body = await self.reply()
        assert status in (200, 201), body
        return body

    async def reply(self) -> tuple[int, Any]:
        """Whatever the status is."""
        status, head = await self._head()
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        return status, json.loads(await self.reader.readexactly(length))

    async def _head(self) -> tuple[int, bytes]:
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        return int(head.split()[1]), head
