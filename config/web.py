"""One web process, on the socket that `up` has bound: `python -m config.web FD`."""

import contextlib
import resource
import signal
import socket
import sys

import uvicorn
from django.conf import settings

from config import asgi
from config.connection import Connection, most_connections

SHUTDOWN_SECONDS = 5  # for requests under way


class Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Those who wait are answered first, or uvicorn would wait for them."""
        if asgi.django_app.room:
            asgi.django_app.room.hub.close()
        await super().shutdown(sockets)


def allow_many_connections() -> None:
    """Each is an open file, and the usual soft limit of 1,024 is for programs that call select(). Some of the
    hard one are left for files of ours: a process that cannot open any would serve nobody.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError):  # macOS has none that it would grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    Connection.most = most_connections()


def main(fd: int) -> None:
    allow_many_connections()
    Connection.head_seconds = settings.HEAD_SECONDS
    listener = socket.socket(fileno=fd)
    config = uvicorn.Config(
        asgi.application,
        loop="uvloop",
        http=Connection,
        ws="none",
        log_config=None,  # Django's
        access_log=False,
        server_header=False,
        proxy_headers=settings.HTTPS,  # only behind a proxy may a header say who asks
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    # uvicorn raises a signal again once it has shut down. That was all there was to do.
    signal.signal(signal.SIGTERM, lambda *_: None)
    Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]))
