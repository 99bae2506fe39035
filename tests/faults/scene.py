"""What a fault is given: a cluster under load, and a dice of its own."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg

from tests.faults.cluster import Cluster
from tests.faults.load import Load
from tests.faults.watch import Span, Watch
from tests.processes import until

_WHO_WAITS = """
    SELECT application_name FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND application_name LIKE %s AND query LIKE %s
"""


@dataclass
class Scene:
    cluster: Cluster
    watch: Watch
    load: Load
    dice: random.Random
    is_short: bool
    outages: list[Span] = field(default_factory=list)  # those that one cannot see from outside
    excused: dict[int, Span] = field(default_factory=dict)  # parties whose rows a fault has locked
    expected: dict[int, list[str]] = field(default_factory=dict)  # all events of an interaction

    def seconds(self, long: float, short: float) -> float:
        return short if self.is_short else long

    def wait(self, least: float, most: float) -> None:
        """For a random while."""
        time.sleep(self.dice.uniform(least, most))

    @contextlib.contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.cluster.address_for("fault"), autocommit=True) as connection:
            yield connection

    @contextlib.contextmanager
    def outage(self) -> Iterator[None]:
        """The database can do nothing, though it looks alive."""
        begin = time.time()
        try:
            yield
        finally:
            self.outages.append(Span(begin, time.time()))

    @contextlib.contextmanager
    def barred(self, table: str) -> Iterator[psycopg.Connection]:
        """Nobody can write to a table: whoever is about to do so is in the middle of something."""
        with self.connection() as connection, self.outage(), connection.transaction():
            connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield connection

    def who_waits(self, names: str, query: str = "%") -> str:
        """One of the programs (as in LIKE) that wait for a lock."""
        found: list[str] = []

        def look() -> bool:
            with self.connection() as connection:
                found[:] = [name for (name,) in connection.execute(_WHO_WAITS, [names, query])]
            return bool(found)

        until(look, 30, f"{names} to wait for a lock")
        return self.dice.choice(sorted(found))


Act = Callable[[Scene], None]


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    why: str
    act: Act
    is_before: bool  # it strikes while nothing is going on, and the load comes after it
    needs_all: bool  # workers; for the others one suffices
    cluster: str  # the kind on which it is played
    needs_small: bool  # a small disk, which only root may mount


FAULTS: dict[str, Fault] = {}


def fault(
    *, is_before: bool = False, needs_all: bool = False, cluster: str = "plain", needs_small: bool = False
) -> Callable[[Act], Act]:
    """The name is the function's, and the reason its docstring."""

    def enter(act: Act) -> Act:
        name = act.__name__.replace("_", "-")
        why = (act.__doc__ or "").split("\n")[0]
        FAULTS[name] = Fault(name, why, act, is_before, needs_all, cluster, needs_small)
        return act

    return enter
