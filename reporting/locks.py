"""Work of which there must not be two at once."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from zlib import crc32

from django.db import InterfaceError, OperationalError

from interactions.sql import fetch_value, run

_SPACE = 0x776F726B  # of advisory locks, so that they are nobody else's


class AlreadyRunning(Exception):
    """The same work is being done elsewhere: its name is the message."""


@contextmanager
def alone(work: str) -> Iterator[None]:
    """A lock of the connection, and no transaction: who is killed has let it go. Errors: AlreadyRunning."""
    params = {"space": _SPACE, "work": crc32(work.encode()) - 2**31}
    if not fetch_value("SELECT pg_try_advisory_lock(%(space)s::int, %(work)s::int)", params):
        raise AlreadyRunning(work)
    try:
        yield
    finally:
        with suppress(OperationalError, InterfaceError):  # it went with the connection
            run("SELECT pg_advisory_unlock(%(space)s::int, %(work)s::int)", params)
