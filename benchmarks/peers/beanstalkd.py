"""beanstalkd, in memory or with its log and an fsync of every write; its client is greenstalk.

Reserving and touching are never logged: a cycle's only write is its delete. After a crash what was held is
ready again. It checks no right and no capacity and keeps no log of what happened.
"""

import contextlib
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import greenstalk

from benchmarks.kit.tools import tool
from benchmarks.peers.clients import Work, repeat
from config.lifeline import spawn, tied

BODY = "A question"
TTR = 30
BATCH = 500
READY_SECONDS = 10


@contextlib.contextmanager
def in_memory() -> Iterator[str]:
    """The path of its socket."""
    with tempfile.TemporaryDirectory(prefix="workbin-bench-") as place, _running(Path(place)) as address:
        yield address


@contextlib.contextmanager
def with_log(jobs: int) -> Iterator[str]:
    """It has put these before it begins to fsync."""
    with tempfile.TemporaryDirectory(prefix="workbin-bench-") as place:
        with _running(Path(place), "-b", place, "-F") as address:
            put(address, jobs)
        with _running(Path(place), "-b", place, "-f", "0") as address:
            yield address


@contextlib.contextmanager
def _running(place: Path, *options: str) -> Iterator[str]:
    address = str(place / "socket")
    process = spawn([tool("beanstalkd"), "-l", f"unix:{address}", *options], tied(signal.SIGKILL))
    try:
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait()
        Path(address).unlink(missing_ok=True)


def wait_for(address: str) -> None:
    give_up_at = time.monotonic() + READY_SECONDS
    while True:
        try:
            return greenstalk.Client(address).close()
        except OSError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)


def put(address: str, jobs: int, ttr: int = TTR) -> None:
    """Many at a time, without waiting for each one's answer."""
    one = f"put 0 0 {ttr} {len(BODY)}\r\n{BODY}\r\n".encode()
    with Pipelined(address) as pipe:
        for first in range(0, jobs, BATCH):
            size = min(BATCH, jobs - first)
            pipe.send(one, size)
            pipe.expect(b"INSERTED", size)


def fill(address: str, waiting: int) -> None:
    """Up to so many."""
    put(address, max(0, waiting - ready(address)))


def ready(address: str) -> int:
    with greenstalk.Client(address) as client:
        return client.stats()["current-jobs-ready"]


def client(address: str) -> Work:
    connection = greenstalk.Client(address)

    def cycle() -> None:
        job = connection.reserve(timeout=0)
        for _ in range(2):
            connection.touch(job)
        connection.delete(job)

    return repeat(cycle)


class Pipelined:
    """A connection that sends a command many times before it reads the answers."""

    def __init__(self, address: str) -> None:
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(address)
        self.answers = self.connection.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.answers.close()
        self.connection.close()

    def send(self, command: bytes, times: int) -> None:
        self.connection.sendall(command * times)

    def expect(self, word: bytes, times: int, lines: int = 1) -> None:
        for _ in range(times):
            answer = self.answers.readline()
            if not answer.startswith(word):
                raise RuntimeError(f"beanstalkd answered {answer!r} where {word!r} was expected.")
            for _ in range(lines - 1):
                self.answers.readline()


@dataclass(slots=True)
class Released:
    """The share of all held jobs that was ready again, by the seconds since the last one's deadline. The
    deadlines lie `spread` seconds apart."""

    spread: float
    shares: dict[float, float]


def released_share(
    jobs: int, ttr: int, connections: int = 1, after: Sequence[float] = (0, 1, 5, 10)
) -> Released:
    """Silent `connections`, which stay open, hold all jobs until these fall due, as good as at once: they are
    reserved as fast as they are answered.

    One that holds all gets rid of all. Of many, beanstalkd 1.12 forgets some: when it looks at a connection
    in the very microsecond of a deadline, it finds nothing due and does not look again.
    """
    with in_memory() as address, contextlib.ExitStack() as stack:
        put(address, jobs, ttr)
        holders = [stack.enter_context(Pipelined(address)) for _ in range(connections)]
        shares = [jobs // connections + (n < jobs % connections) for n in range(connections)]
        first = time.monotonic()
        for holder, share in zip(holders, shares, strict=True):
            for begun in range(0, share, BATCH):
                size = min(BATCH, share - begun)
                holder.send(b"reserve\r\n", size)
                holder.expect(b"RESERVED", size, lines=2)
        last = time.monotonic()
        if last - first > ttr / 2:
            raise RuntimeError(f"Reserving took {last - first:.1f} s: a ttr of {ttr} s is too short.")
        found = {}
        for seconds in after:
            time.sleep(max(0, last + ttr + seconds - time.monotonic()))
            found[seconds] = ready(address) / jobs
        return Released(last - first, found)
