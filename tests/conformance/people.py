"""What several do at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 60
SOON = 10  # seconds within which who waits is woken, and what is done can be read, on a busy machine


def meanwhile(act: Callable[[], T]) -> "Future[T]":
    """Begin it, and go on. Its `result(seconds)` waits for what came of it."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(act())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def at_once(*acts: Callable[[], T]) -> list[T]:
    """All of them, let go together."""
    barrier = threading.Barrier(len(acts))

    def together(act: Callable[[], T]) -> Callable[[], T]:
        def run() -> T:
            barrier.wait(PATIENCE)
            return act()

        return run

    started = [meanwhile(together(act)) for act in acts]
    return [future.result(PATIENCE) for future in started]


def until(true: Callable[[], Any], seconds: float, what: str) -> Any:
    give_up_at = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < give_up_at, f"waited {seconds} s for {what}"
        time.sleep(0.05)
    return found
