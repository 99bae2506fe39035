"""Who plays alone waits for the others, and they for it."""

import fcntl
import threading
from pathlib import Path

import pytest

from tests.alone import turn
from tests.processes import until

MOMENT, PATIENCE = 0.2, 20  # seconds


class Player:
    """Takes its turn in a thread, and keeps it until it is told to end."""

    def __init__(self, place: Path, *, alone: bool) -> None:
        self.plays, self.may_end = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.play, args=(place, alone), daemon=True)
        self.thread.start()

    def play(self, place: Path, alone: bool) -> None:
        with turn(alone=alone, door=place / "door", room=place / "room"):
            self.plays.set()
            self.may_end.wait(PATIENCE)

    def end(self) -> None:
        self.may_end.set()
        self.thread.join(PATIENCE)


def is_kept(door: Path) -> bool:
    with door.open() as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("door", "room"):
        (tmp_path / name).touch()
    return tmp_path


def test_others_play_side_by_side(place: Path) -> None:
    one, other = Player(place, alone=False), Player(place, alone=False)
    assert one.plays.wait(PATIENCE) and other.plays.wait(PATIENCE)
    one.end()
    other.end()


@pytest.mark.parametrize("alone", [True, False])
def test_nobody_plays_beside_who_is_alone(place: Path, alone: bool) -> None:
    one = Player(place, alone=alone)
    assert one.plays.wait(PATIENCE)
    other = Player(place, alone=not alone)
    assert not other.plays.wait(MOMENT)
    one.end()
    assert other.plays.wait(PATIENCE)
    other.end()


def test_who_waits_to_be_alone_is_not_overtaken(place: Path) -> None:
    one = Player(place, alone=False)
    assert one.plays.wait(PATIENCE)
    alone = Player(place, alone=True)
    until(lambda: is_kept(place / "door"), PATIENCE, "who keeps the door")
    late = Player(place, alone=False)
    assert not late.plays.wait(MOMENT)
    one.end()
    assert alone.plays.wait(PATIENCE)
    assert not late.plays.wait(MOMENT)
    alone.end()
    assert late.plays.wait(PATIENCE)
    late.end()
