"""Several statements that see the same state, and keep nobody waiting."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from interactions.sql import run


@contextmanager
def snapshot() -> Iterator[None]:
    """Within a transaction of the caller's it is that one's view that counts."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
