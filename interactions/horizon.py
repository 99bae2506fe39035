"""How far a log written by many may be read without ever missing a row.

Ids are drawn from a sequence and commit out of order, so the newest id says nothing about those below.
But a writer draws its ids after it has taken row locks, so its transaction has a number by then: once
every transaction that ran when the sequence stood at L has ended, no row up to L can appear any more.
"""

import time

from interactions.errors import Unavailable
from interactions.sql import fetch_value

PATIENCE = 1.0  # seconds a reader may wait for writers to end
PAUSE = 0.002
LOOK_CLOSER = 0.02  # after so long the waiting may be for a neighbour's database

_WRITES_HERE = """
    SELECT EXISTS (
        SELECT FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
            AND (a.datname = current_database() OR l.pid IS NULL)
            AND age(l.transactionid) > age(%(newest)s::text::xid8::xid)
    )
"""


class Horizon:
    """One table's horizon, shared by a process's threads: what was final once stays final."""

    def __init__(self, table: str) -> None:
        self.sequence = f"{table}_id_seq"
        self._final: int | None = None

    def final(self) -> int:
        """The highest id up to which every row is there to be seen.

        It covers what had committed before the call, unless writers stay in the way for a second: then
        it is an earlier horizon, and the reader comes again. Errors: Unavailable, when there is none.
        """
        last = self.newest()
        if last != self._final:
            newest = self._next_transaction()  # after the sequence: a writer of ids up to `last` is older
            began = time.monotonic()
            while self._oldest_running() < newest:
                waited = time.monotonic() - began
                if waited > LOOK_CLOSER and not self._writes_here(newest):
                    break
                if waited > PATIENCE:
                    return self._earlier(last)
                time.sleep(PAUSE)
            self._final = last
        return last

    def _earlier(self, last: int) -> int:
        if self._final is None:
            raise Unavailable("A transaction that writes keeps readers waiting.", retry_after=1)
        return min(last, self._final)

    def newest(self) -> int:
        """The newest id drawn, whether or not its row is there."""
        return fetch_value(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {self.sequence}")

    def has_come_to(self, id: int) -> bool:
        """Whether such an id was ever drawn: a cursor beyond is of another life of the database."""
        return id <= (self._final or 0) or id <= self.newest()

    def _next_transaction(self) -> int:
        """A number above those of all transactions that have one.

        A snapshot's xmax will not do: it is above the newest that has *ended*, and those that run may be
        newer. So this takes a number for itself.
        """
        return fetch_value("SELECT pg_current_xact_id()::text::bigint")

    def _oldest_running(self) -> int:
        """In all databases of this PostgreSQL, for that is what a snapshot knows."""
        return fetch_value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")

    def _writes_here(self, newest: int) -> bool:
        """Whether a transaction of this database, older than `newest`, still runs. Its lock says so, and
        unlike its row in pg_stat_activity it shows itself to every role."""
        return bool(fetch_value(_WRITES_HERE, {"newest": newest}))
