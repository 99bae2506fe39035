"""The product's own processes, for as long as a block lasts."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from config.lifeline import spawn, tied
from tests.machine import children, memory

READY_SECONDS = 30


@contextlib.contextmanager
def running(*arguments: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """`python ARGUMENTS`, with the environment in `env` beside ours. It dies with us."""
    env = os.environ | options.pop("env", {})
    command = [sys.executable, "-W", "ignore", *arguments]
    process = spawn(command, tied(signal.SIGTERM), cwd=settings.BASE_DIR, env=env, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def worker(pool: int = 2, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    arguments = ["worker", "-Q", "timers,default", "-c", str(pool), "-l", "error", "--without-gossip"]
    with running("-m", "celery", "--quiet", "-A", "config", *arguments, env=env) as process:
        time.sleep(5)
        yield process


@contextlib.contextmanager
def web(
    processes: int = 2,
    module: str = "config.web",
    address: tuple[str, int] = ("127.0.0.1", 0),
    env: Mapping[str, str] | None = None,
) -> Iterator["Site"]:
    """Web processes on one port, as `up` runs them."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(address, backlog=4096))
        pids = [
            stack.enter_context(
                running("-m", module, str(listener.fileno()), pass_fds=[listener.fileno()], env=env or {})
            ).pid
            for _ in range(processes)
        ]
        host, port = listener.getsockname()
        site = Site(host, port, pids)
        site.wait_until_ready()
        yield site


class Site:
    def __init__(self, host: str, port: int, pids: list[int]) -> None:
        self.port, self.pids = port, pids
        self.url = f"http://{host}:{port}"

    def wait_until_ready(self) -> None:
        give_up_at = time.monotonic() + READY_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except OSError:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(0.1)
            else:
                return

    def memory(self) -> float:
        return sum(map(memory, self.pids))

    def cpu(self) -> float:
        return sum(map(cpu, self.pids))


def memory_of_all(pid: int) -> float:
    """Of a process and all that descend from it."""
    return memory(pid) + sum(map(memory_of_all, children(pid)))


def cpu(pid: int, program: str = "") -> float:
    """Seconds so far, with those of its children that have ended; 0 if it is not of this program, or gone."""
    with contextlib.suppress(OSError):
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
        if name.startswith(program):
            return sum(map(int, rest.split()[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0
