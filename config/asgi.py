"""The application that the web processes serve: Django in threads, and beside it what waits."""

import asyncio
import os
from collections.abc import Awaitable, Callable

from django.conf import settings

from config import production, wsgi
from config.bridge import Bridge, Message, Receive, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

Asgi = Callable[[Message, Receive, Send], Awaitable[None]]

django_app = Bridge(wsgi.application, threads=settings.WEB_THREADS, max_body=settings.MAX_BODY_BYTES)

# Paths whose requests wait (event streams, long polls) and hold no thread meanwhile: prefix -> application.
waiting: dict[str, Asgi] = {}


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        app = next((app for prefix, app in waiting.items() if scope["path"].startswith(prefix)), django_app)
        await app(scope, receive, send)
    elif scope["type"] == "lifespan":
        await live(receive, send)


async def live(receive: Receive, send: Send) -> None:
    """Start, unless it must not be. At the end nothing is left to do: uvicorn waits for responses."""
    await receive()
    if why := await asyncio.to_thread(production.why_not):
        await send({"type": "lifespan.startup.failed", "message": why})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
