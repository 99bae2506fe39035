"""Who knows the truth."""

import contextlib
import signal
import time

import psycopg

from tests.faults.scene import Scene, fault
from tests.faults.watch import Span
from tests.processes import until

TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND application_name <> 'fault'
"""
LOCK_HALF = """
    SELECT p.id FROM interactions_party p JOIN interactions_interaction i ON i.id = p.interaction_id
    WHERE p.ended_at IS NULL ORDER BY p.id
    LIMIT (SELECT (count(*) + 1) / 2 FROM interactions_party WHERE ended_at IS NULL)
    FOR UPDATE SKIP LOCKED
"""


@fault(cluster="special")
def database_restarted(scene: Scene) -> None:
    """PostgreSQL is restarted fast: all connections are cut."""
    scene.cluster.kill("postgres", signal.SIGINT)


@fault(cluster="special")
def database_killed(scene: Scene) -> None:
    """The postmaster is killed, and PostgreSQL recovers from its log."""
    scene.cluster.kill("postgres")


@fault(cluster="special")
def database_paused(scene: Scene) -> None:
    """PostgreSQL stands still for 8 seconds (2.5 in the short form): connections live, and say nothing."""
    with scene.outage(), scene.cluster.paused("postgres"):
        time.sleep(scene.seconds(8, 2.5))


@fault(cluster="special")
def connections_cut(scene: Scene) -> None:
    """pg_terminate_backend of everything."""
    with scene.connection() as connection:
        connection.execute(TERMINATE)


@fault(cluster="special")
def connections_taken(scene: Scene) -> None:
    """For 5 seconds (1.5 in the short form) no connection is free, and those that there were are cut."""
    with scene.outage(), contextlib.ExitStack() as stack:
        first = stack.enter_context(scene.connection())
        take_all(scene, stack)
        end = time.monotonic() + scene.seconds(5, 1.5)
        while time.monotonic() < end:
            take_all(scene, stack)
            first.execute(TERMINATE)


def take_all(scene: Scene, stack: contextlib.ExitStack) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            stack.enter_context(scene.connection())


@fault(cluster="special")
def rows_locked(scene: Scene) -> None:
    """Somebody locks half of the holds for 10 seconds (2.5 in the short form): the others must not suffer."""
    locked: list[int] = []
    with scene.connection() as connection, connection.transaction():

        def lock_half() -> bool:
            locked.extend(party for (party,) in connection.execute(LOCK_HALF))
            return bool(locked)

        until(lock_half, 10, "a hold to lock")  # the agents pull on
        begin = time.time()
        time.sleep(scene.seconds(10, 2.5))
    scene.excused |= dict.fromkeys(locked, Span(begin, time.time()))
