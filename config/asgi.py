"""The application that the web processes serve: Django in threads, and a room for requests that wait."""

import asyncio
import os

from django.conf import settings

from config import production, wsgi
from config.bridge import Bridge
from config.messages import Message, Receive, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_app = Bridge(
    wsgi.application,
    threads=settings.WEB_THREADS,
    max_body=settings.MAX_BODY_BYTES,
    body_seconds=settings.BODY_SECONDS,
    redis_url=settings.REDIS_URL,
)


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await django_app(scope, receive, send)
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
    if django_app.room:
        await django_app.room.close()
    await send({"type": "lifespan.shutdown.complete"})
