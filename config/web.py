"""One web process, on the socket that `up` has bound: `python -m config.web FD`."""

import signal
import socket
import sys

import uvicorn
from django.conf import settings

SHUTDOWN_SECONDS = 5  # for requests under way


def main(fd: int) -> None:
    listener = socket.socket(fileno=fd)
    config = uvicorn.Config(
        "config.asgi:application",
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,  # Django's
        access_log=False,
        server_header=False,
        proxy_headers=settings.HTTPS,  # only behind a proxy may a header say who asks
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    # uvicorn raises a signal again once it has shut down. That was all there was to do.
    signal.signal(signal.SIGTERM, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]))
