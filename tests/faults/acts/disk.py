"""What it is all written to."""

import contextlib
import errno
import os
import time
from collections.abc import Iterator

import psycopg

from tests.faults.scene import Scene, fault

PIECE = b"\0" * 2**16
LARGE = 45_000  # bytes at random: their text takes new pages, and is not too long to be accepted


@fault(cluster="special", needs_small=True)
def disk_full(scene: Scene) -> None:
    """PostgreSQL's disk is full for 8 seconds (2 in the short form): no table can grow."""
    with full(scene):
        end = time.monotonic() + scene.seconds(8, 2)
        scene.load.submit_large(LARGE)
        time.sleep(max(0, end - time.monotonic()))


@fault(cluster="special", needs_small=True)
def disk_full_of_log(scene: Scene) -> None:
    """The same, and there is no room for the write-ahead log: PostgreSQL crashes, and cannot recover yet."""
    with full(scene):
        end = time.monotonic() + scene.seconds(8, 2)
        with contextlib.suppress(psycopg.OperationalError), scene.connection() as connection:
            while True:  # until the next segment has no place
                connection.execute("SELECT pg_switch_wal(), pg_logical_emit_message(true, '', 'a word')")
        time.sleep(max(0, end - time.monotonic()))


@contextlib.contextmanager
def full(scene: Scene) -> Iterator[None]:
    ballast = scene.cluster.place / "ballast"
    with scene.outage():
        try:
            with ballast.open("wb", buffering=0) as file:
                fill_up(file.fileno())
                yield
        finally:
            ballast.unlink()


def fill_up(file: int) -> None:
    for size in (2**16, 2**12):
        try:
            while True:
                os.write(file, PIECE[:size])
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
