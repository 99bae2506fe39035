"""Clients in processes of their own: in Python, threads would wait for each other and not for the server."""

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from config.lifeline import tie_to

START_SECONDS = 30

Work = Callable[[float], float]  # works for so many seconds; returns its cycles a second


class Clients:
    """One process for each of `arguments`, to which `make` gives its work. They wait until they are asked.
    `before` is done each time before the clock starts."""

    def __init__(
        self,
        make: Callable[..., Work],
        arguments: Sequence[tuple[Any, ...]],
        before: Callable[[], object] = lambda: None,
    ) -> None:
        self.before = before
        spawn = multiprocessing.get_context("spawn")
        self.pipes: list[Connection] = []
        self.processes = []
        for given in arguments:
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_serve, args=(make, given, theirs), daemon=True)
            process.start()
            theirs.close()  # so that a client that dies is an end of file to us
            self.pipes.append(ours)
            self.processes.append(process)

    def __enter__(self) -> Self:
        for pipe in self.pipes:
            if not pipe.poll(START_SECONDS):
                raise TimeoutError("A client did not connect.")
            pipe.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.processes:
            process.terminate()
            process.join()

    def a_second(self, clients: int, seconds: float) -> float:
        """Cycles a second of the first `clients`, at work at the same time."""
        self.before()
        asked = self.pipes[:clients]
        for pipe in asked:
            pipe.send(seconds)
        try:
            return sum(pipe.recv() for pipe in asked)
        except EOFError:
            raise RuntimeError("A client has failed: what it says is above.") from None


def _serve(make: Callable[..., Work], arguments: tuple[Any, ...], pipe: Connection) -> None:
    tie_to(os.getppid(), signal.SIGKILL)
    work = make(*arguments)
    pipe.send(None)
    with contextlib.suppress(EOFError):  # we are no longer asked
        while True:
            pipe.send(work(pipe.recv()))


def repeat(cycle: Callable[[], object]) -> Work:
    def work(seconds: float) -> float:
        done, started = 0, time.perf_counter()
        while (now := time.perf_counter()) < started + seconds:
            cycle()
            done += 1
        return done / (now - started)

    return work
