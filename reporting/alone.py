"""One at a time, over all processes, without a transaction that would have to last as long."""

from collections.abc import Iterator
from contextlib import contextmanager

from interactions.sql import fetch_one, run


class Busy(Exception):
    """Another is at it."""


@contextmanager
def alone(lock: int) -> Iterator[None]:
    """Errors: Busy. `lock` is the number of an advisory lock; it ends with the connection at the latest."""
    row = fetch_one("SELECT pg_try_advisory_lock(%(lock)s)", {"lock": lock})
    if not (row and row[0]):
        raise Busy
    try:
        yield
    finally:
        run("SELECT pg_advisory_unlock(%(lock)s)", {"lock": lock})
