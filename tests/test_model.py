"""The server and the model do the same, whatever is asked of both. `python -m tests.model` asks more."""

import ast

import pytest

from reporting.cursor import horizon
from tests.bugs import BUGS, ROOT, Bug, Edit, Stale, spoil
from tests.imports import arrows
from tests.model import floor, together
from tests.model.compare import Difference
from tests.model.pair import Pair
from tests.model.run import play

SEED, RUNS = 1, 8


@pytest.mark.django_db(transaction=True)
def test_model_and_server_do_the_same() -> None:
    before = Pair.steps
    with floor.built():
        play(SEED, RUNS)
    assert Pair.steps - before > 300


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "broken",
    [
        ("interactions.announcements.TOLD", ()),  # nobody hears of a revocation
        ("interactions.access.require_visible", lambda caller, ids: None),  # a guard is gone
        ("reporting.cursor.horizon.final", horizon.newest),  # a cursor by id
    ],
    ids=lambda broken: broken[0],
)
def test_a_difference_is_found(broken: tuple[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    monkeypatch.setattr(*broken)
    if broken[1] == horizon.newest:
        monkeypatch.setattr(together, "BRIEFLY", 10.0)  # who does not wait has read before that
    with floor.built(), pytest.raises(Difference):
        play(SEED, RUNS)


def imported_by(package: str) -> set[str]:
    inside = f"{package}."
    found = {arrow.target for arrow in arrows(ROOT, "tests") if f"{arrow.source}.".startswith(inside)}
    return {target.split(".")[0] for target in found if not target.startswith(inside)}


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
