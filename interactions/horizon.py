"""How far a log written by many may be read without ever missing a row.

Ids are drawn from a sequence and commit out of order, so the newest id says nothing about those below.
But a writer draws its ids after it has taken row locks, so its transaction has a number by then: once
every transaction that ran when the sequence stood at L has ended, no row up to L can appear any more.
"""

import threading
import time

from interactions.sql import fetch_one

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
            oldest, newest = self._snapshot()  # after the sequence: a writer of ids up to `last` is in it
            while oldest < newest:
                if time.monotonic() > give_up:
                    return min(last, self._final)
                time.sleep(PAUSE)
                oldest, _ = self._snapshot()
            with self._lock:
                self._final = last
        return last

    def newest(self) -> int:
        """The newest id drawn, whether or not its row is there."""
        row = fetch_one(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {self.sequence}")
        assert row is not None
        return row[0]

    def _snapshot(self) -> tuple[int, int]:
        """The oldest transaction still running, and the next one's number."""
        row = fetch_one(
            """SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint
               FROM pg_current_snapshot() s"""
        )
        assert row is not None
        return row
