"""Real threads and real connections, for races."""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg
from django.db import connection

from interactions.sql import fetch_value
from tests.processes import until

T = TypeVar("T")
PATIENCE = 120.0
# The server gives a lock up after two seconds. In a race it comes, however slow the machine is.
PATIENT = "-c lock_timeout=20s -c idle_in_transaction_session_timeout=30s"


class Crowd:
    """Acts that run in threads of their own, each with a connection of its own."""

    def __init__(self, size: int, options: str) -> None:
        self._pool, self._options = ThreadPoolExecutor(size), options

    def start(self, act: Callable[[], T]) -> Callable[[], T]:
        """Returns what waits for the act's result, and raises what it raised."""

        def run() -> T:
            if self._options:
                known = connection.settings_dict  # of all threads
                connection.settings_dict = known | {"OPTIONS": known["OPTIONS"] | {"options": self._options}}
            try:
                return act()
            finally:
                connection.close()

        started = self._pool.submit(run)
        return lambda: started.result(PATIENCE)

    def close(self) -> None:
        self._pool.shutdown(wait=True)


@contextlib.contextmanager
def crowd(size: int = 16, *, options: str = PATIENT) -> Iterator[Crowd]:
    """Without options they connect as we do."""
    made = Crowd(size, options)
    try:
        yield made
    finally:
        made.close()


def at_once(*acts: Callable[[], T]) -> list[T]:
    """All of them, let go together. What one of them raises is raised."""
    barrier = threading.Barrier(len(acts))

    def wait_and(act: Callable[[], T]) -> T:
        connection.ensure_connection()
        barrier.wait(PATIENCE)
        return act()

    with crowd(len(acts)) as people:
        waiting = [people.start(functools.partial(wait_and, act)) for act in acts]
        return [wait() for wait in waiting]


def connect(**to: Any) -> psycopg.Connection[Any]:
    """A session of its own at the server."""
    ours = ("cursor_factory", "context", "options")  # Django's, and the time limits of our own sessions
    params = {name: value for name, value in connection.get_connection_params().items() if name not in ours}
    return psycopg.connect(**params | to)


@contextlib.contextmanager
def another_connection(**to: str) -> Iterator[psycopg.Connection[Any]]:
    """In a transaction until commit() or the end of the block."""
    with connect(**to) as other:
        yield other


def waiting_for_locks(statement: str = "") -> int:
    """In a statement that begins so."""
    return fetch_value(
        """SELECT count(*) FROM pg_stat_activity
           WHERE datname = current_database() AND backend_type = 'client backend' AND wait_event_type = 'Lock'
               AND starts_with(query, %(statement)s)""",
        {"statement": statement},
    )


_KEPT = """
    SELECT EXISTS (
        SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE locktype = 'advisory' AND d.datname = current_database() AND pid <> pg_backend_pid()
    )
"""


def until_let_go() -> None:
    """Of a process that was killed its session at the server lives on until it has noticed."""
    until(lambda: not fetch_value(_KEPT), what="the locks of who was killed")


def until_waiting(count: int = 1, statement: str = "") -> None:
    until(lambda: waiting_for_locks(statement) >= count, what=f"{count} to wait for a lock")
