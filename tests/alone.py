"""Who measures how soon something happens plays alone: the suite's other process stands still meanwhile."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

DOOR, ROOM = Path(__file__), Path(__file__).with_name("conftest.py")  # locked, not read; left as they are


@contextlib.contextmanager
def turn(*, alone: bool, door: Path = DOOR, room: Path = ROOM) -> Iterator[None]:
    """Many at once, or one alone. Who waits to be alone keeps the door, so that nobody overtakes."""
    with door.open() as at_the_door, room.open() as inside:
        fcntl.flock(at_the_door, fcntl.LOCK_EX)
        fcntl.flock(inside, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(at_the_door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(inside, fcntl.LOCK_UN)  # also for a child that has been forked meanwhile
