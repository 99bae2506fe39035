"""The bridge under a real uvicorn, in a thread."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

import uvicorn
from django.db import connection

from config.bridge import Bridge
from config.connection import Connection
from tests.processes import until


@contextlib.contextmanager
def serving(bridge: Bridge, *, http: type[Connection] = Connection, **config: Any) -> Iterator[int]:
    """Yields the port."""
    server = uvicorn.Server(
        uvicorn.Config(bridge, http=http, loop="uvloop", lifespan="off", log_config=None, **config)
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            until(lambda: server.started)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            thread.join(10)


def leave_the_database(threads: Executor, count: int) -> None:
    """Each thread of the pool closes its connection."""
    all_here = threading.Barrier(count)

    def leave() -> None:
        connection.close()
        all_here.wait(60)

    for leaving in [threads.submit(leave) for _ in range(count)]:
        leaving.result()
