"""Who was alive when, looked at ten times a second."""

import math
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg

from tests.faults.cluster import HOSTS, WORKERS, Cluster, state_of

EVERY = 0.1  # seconds
LOST_PATIENCE = 0.5  # seconds in which a database that lives answers

_CONNECTED = """
    SELECT application_name, count(*), max(extract(epoch FROM backend_start))::float
    FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Span:
    """By the clock of the machine, which is the database's too."""

    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Sample:
    at: float
    is_alive: bool  # the database, and at least one worker


class Watch(threading.Thread):
    """A worker is alive from its first connection to the database until it dies or is stopped.

    Whether it does anything is not asked here: that is what is to be proved.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(daemon=True)
        self.cluster = cluster
        self.samples: list[Sample] = []
        self.connections: dict[str, int] = {}
        self._booted: dict[str, int] = {}  # pid by name
        self._over = threading.Event()
        self._connection: psycopg.Connection | None = None

    def run(self) -> None:
        while not self._over.wait(EVERY):
            at = time.time()
            is_there = self._look()
            is_alive = is_there and any(self.is_booted(name) for name in WORKERS)
            self.samples.append(Sample(at, is_alive))
        self._let_go()

    def stop(self) -> None:
        self._over.set()
        self.join()

    def is_booted(self, name: str) -> bool:
        pid = self.cluster.pid(name)
        return pid is not None and self._booted.get(name) == pid and state_of(pid) != "T"

    def _look(self) -> bool:
        try:
            if self._connection is None:
                self._connection = psycopg.connect(
                    self.cluster.address_for("watch"),
                    autocommit=True,
                    connect_timeout=1,
                    options=f"-c statement_timeout={LOST_PATIENCE}s",
                )
            found = self._connection.execute(_CONNECTED).fetchall()
        except psycopg.Error:
            self._let_go()
            return False
        self.connections = {name: count for name, count, _ in found}
        for name, _, since in found:
            pid = self.cluster.pid(name) if name in HOSTS else None
            if pid is not None and since > self.cluster.keeper.spawned_at[name]:
                self._booted[name] = pid
        return True

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def outages(samples: Iterable[Sample]) -> Iterator[Span]:
    """From the last look at which all was well to the first at which it is so again."""
    well_at: float | None = None
    is_out = False
    for sample in samples:
        if sample.is_alive and is_out and well_at is not None:
            yield Span(well_at, sample.at)
        is_out = not sample.is_alive
        well_at = sample.at if sample.is_alive else well_at
    if is_out and well_at is not None:
        yield Span(well_at, math.inf)
