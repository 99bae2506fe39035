"""How far a log written by many may be read without ever missing a row.

Ids are drawn from a sequence and commit out of order, so the newest id says nothing about those below.
But a writer draws its ids after it has taken row locks, so its transaction has a number by then: once
every transaction that ran when the sequence stood at L has ended, no row up to L can appear any more.
"""

import threading
import time

from interactions.sql import fetch_all, fetch_one

PATIENCE = 1.0  # seconds a reader may wait for writers to end
PAUSE = 0.002


class Horizon:
    """One table's horizon, shared by a process's threads: what was final once stays final."""

    def __init__(self, table: str) -> None:
        self.sequence = f"{table}_id_seq"
        self._lock = threading.Lock()
        self._final = 0

    def final(self) -> int:
        """The highest id up to which every row is there to be seen.

        It covers what had committed before the call, unless writers stay in the way for a second: then
        it is an earlier horizon, and the reader comes again.
        """
        last = self.newest()
        if last != self._final:
            give_up = time.monotonic() + PATIENCE
            running = _running()  # after the sequence: a writer of ids up to `last` is among them
            while running:
                if time.monotonic() > give_up:
                    return min(last, self._final)
                time.sleep(PAUSE)
                running &= _running()
            with self._lock:
                self._final = last
        return last

    def newest(self) -> int:
        """The newest id drawn, whether or not its row is there."""
        row = fetch_one(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {self.sequence}")
        assert row is not None
        return row[0]


def _running() -> set[int]:
    """The numbers of the transactions that write in this database now, but for our own.

    Not from a snapshot: it ends with the latest transaction that has *completed* (pg_snapshot_xmax), and
    says nothing of one that began after that and still runs.
    """
    tuples = fetch_all(
        """SELECT backend_xid::text::bigint FROM pg_stat_activity
           WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"""
    )
    return {number for (number,) in tuples}
