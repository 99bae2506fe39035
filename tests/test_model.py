"""The server and the model do the same, whatever is asked of both. `python -m tests.model` asks more."""

import ast

import pytest

from tests.bugs import BUGS, ROOT, Bug, Edit, Stale, spoil
from tests.imports import arrows
from tests.model import floor
from tests.model.machine import Machine
from tests.model.run import play

SEED, RUNS = 1, 8


@pytest.mark.django_db(transaction=True)
def test_model_and_server_do_the_same() -> None:
    before = Machine.steps
    with floor.built():
        play(SEED, RUNS)
    assert Machine.steps - before > 300


def imported_by(module: str) -> set[str]:
    return {arrow.target.split(".")[0] for arrow in arrows(ROOT, "tests") if arrow.source == module}


def test_the_model_knows_nothing_of_the_server() -> None:
    assert imported_by("tests.model.world") <= {"collections", "dataclasses", "typing"}
    assert "interactions" in imported_by("tests.model.server")  # the twin


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
