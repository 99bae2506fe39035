"""Two commands at one row: the first stops amid its transaction, with its locks, until the second was seen.

Nobody may write to the event log meanwhile, and every command does so at its end. So the winner stops where
it stops by itself, without a change to it: it has locked, looked and decided, and not committed.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import psycopg

from interactions.sql import fetch_value, run
from tests.crowd import another_connection, crowd, until_waiting
from tests.processes import until

T = TypeVar("T")
U = TypeVar("U")
Act = Callable[[], T]

# A winner whom the holder of the log keeps, and a loser who waits for a lock of that winner's.
_SEEN = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity winner, pg_stat_activity loser
        WHERE winner.datname = current_database() AND loser.datname = current_database()
            AND %(holder)s = ANY(pg_blocking_pids(winner.pid)) AND loser.wait_event_type = 'Lock'
            AND winner.pid = ANY(pg_blocking_pids(loser.pid))
    )
"""
_KEPT = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND %(holder)s = ANY(pg_blocking_pids(pid))
"""


class Hold:
    def __init__(self, other: psycopg.Connection[Any]) -> None:
        self.other, self.pid = other, other.info.backend_pid

    def until_kept(self, count: int = 1) -> None:
        until(lambda: fetch_value(_KEPT, {"holder": self.pid}) >= count, what=f"{count} to be kept")

    def until_waiting(self) -> None:
        until(lambda: fetch_value(_SEEN, {"holder": self.pid}), what="the loser to wait for the winner")

    def let_go(self) -> None:
        self.other.commit()


@contextlib.contextmanager
def log_held() -> Iterator[Hold]:
    with another_connection() as other:
        other.execute("LOCK TABLE reporting_event IN SHARE MODE")
        yield Hold(other)


def race(winner: Act[T], loser: Act[U], meanwhile: Act[object] | None = None) -> tuple[T, U]:
    """What comes of both. The loser begins, after `meanwhile`, when the winner has its locks, and is seen
    waiting for them before the winner commits.
    """
    with log_held() as held, crowd() as people:
        won = people.start(winner)
        held.until_kept()
        if meanwhile:
            meanwhile()
        lost = people.start(loser)
        held.until_waiting()
        held.let_go()
        return won(), lost()


def race_past(winner: Act[T], loser: Act[U], meanwhile: Act[object] | None = None) -> tuple[T, U]:
    """What comes of both, where the loser waits for nobody: it ends while the winner has its locks."""
    with log_held() as held, crowd() as people:
        won = people.start(winner)
        held.until_kept()
        if meanwhile:
            meanwhile()
        lost = people.start(loser)()
        held.let_go()
        return won(), lost


def race_without_locks(first: Act[T], second: Act[U]) -> tuple[T, U]:
    """For twins: both have looked before either has written."""
    with log_held() as held, crowd() as people:
        one = people.start(first)
        held.until_kept()
        other = people.start(second)
        held.until_kept(2)
        held.let_go()
        return one(), other()


def in_turn(*acts: Act[Any]) -> list[Any]:
    """What comes of each. They wait for the agents' rows, one behind the other, and go on in this order."""
    with another_connection() as other, crowd() as people:
        other.execute("SELECT FROM interactions_agent FOR UPDATE")
        found = []
        for act in acts:
            found.append(people.start(act))
            until_waiting(len(found))
        other.commit()
        return [wait() for wait in found]


@contextlib.contextmanager
def held_after_changing(table: str) -> Iterator[Hold]:
    """Whoever has changed a row of the table stops there, with its lock: for what writes no event."""
    run(
        """CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql
           AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END'"""
    )
    run(
        f"""CREATE TRIGGER stop_here AFTER UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION stop_here()"""
    )
    try:
        with another_connection() as other:
            other.execute("SELECT pg_advisory_xact_lock(1)")
            yield Hold(other)
    finally:
        run("DROP FUNCTION stop_here() CASCADE")
