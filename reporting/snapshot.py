"""Several statements that see the same state, and keep nobody waiting."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from interactions.sql import run


@contextmanager
def snapshot() -> Iterator[None]:
    with transaction.atomic():
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
