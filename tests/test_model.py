"""The server and the model do the same, whatever is asked of both. `python -m tests.model` asks more."""

import ast

import pytest

from tests.bugs import BUGS, ROOT, Bug, Stale, spoil
from tests.bugs.bugs import Edit
from tests.model import floor
from tests.model.machine import Machine
from tests.model.run import play

SEED, RUNS = 1, 10


@pytest.mark.django_db(transaction=True)
def test_model_and_server_do_the_same() -> None:
    before = Machine.steps
    with floor.built():
        play(SEED, RUNS)
    assert Machine.steps - before > 300


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_a_bug_can_still_be_planted(bug: Bug) -> None:
    for file, text in spoil(bug, ROOT).items():
        ast.parse(text)
        assert text != file.read_text()


def test_a_bug_that_cannot_be_planted_is_noticed() -> None:
    """The twin."""
    gone = Bug("gone", "", (Edit("config/wsgi.py", "no such words", ""),))
    with pytest.raises(Stale, match="gone: found 0 times"):
        spoil(gone, ROOT)
    twice = Bug("twice", "", (Edit("config/wsgi.py", "import", ""),))
    with pytest.raises(Stale, match="twice: found"):
        spoil(twice, ROOT)
