"""Two hundred in a workbin: all are listed, and what happens to one moves no other."""

import pytest

from tests import cast
from tests.applications import Desk
from tests.desk.conftest import Sit
from tests.desk.jam import CONTENTS, Jam
from tests.desk.person import Person
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

# Rows of lists that came, left, or were moved: those came and left.
COUNT = """
    window.rows = { came: 0, left: 0 };
    new MutationObserver((records) => records.filter(({ target }) => target.matches("ul")).forEach((one) => {
        rows.came += one.addedNodes.length;
        rows.left += one.removedNodes.length;
    })).observe(document.getElementById("bins"), { childList: true, subtree: true });
"""
CARDS = "#bins .card"


@pytest.fixture
def team(alice: Desk) -> int:
    return cast.team_bin()


def opens(person: Person, count: int) -> None:
    person.sees("#workbins button").click()
    until(lambda: person.page.locator(CARDS).count() == count, 30, f"{count} cards")


def moved(person: Person) -> tuple[int, int]:
    rows = person.page.evaluate("rows")
    return rows["came"], rows["left"]


def contents_read(person: Person) -> int:
    return sum("/content" in one for one in person.sent)


def test_one_event_is_one_row(sit: Sit, alice: Desk, bob: Desk, team: int) -> None:
    [first, *_] = cast.fill(200, team, user_data={"subject": "One of many"})
    person = sit(alice)
    opens(person, 200)
    person.sees("#bins .number", "200")
    assert contents_read(person) == 1
    person.page.evaluate(COUNT)

    bob.post(f"workbins/{team}/pull", interactions=[first]).ok()
    person.sees("#bins .number", "199")
    assert moved(person) == (0, 1)
    cast.fill(1, team, user_data={"subject": "One more"})
    person.sees(CARDS, "One more")
    assert moved(person) == (1, 1)
    person.page.evaluate(
        "document.querySelector('#bins ul').append(...document.querySelectorAll('#bins li'))"
    )
    assert moved(person) == (201, 201)  # the twin: a list that is drawn anew


def test_what_was_listed_stays_listed(sit: Sit, alice: Desk, team: int) -> None:
    """Of more than a page."""
    cast.fill(230, team)
    person = sit(alice)
    opens(person, 200)
    person.sees("#bins button", "Show more").click()
    until(lambda: person.page.locator(CARDS).count() == 230, 30, "the rest")
    cast.fill(1, team, user_data={"subject": "The last"})
    person.sees(CARDS, "The last")
    assert person.page.locator(CARDS).count() == 231


def test_a_burst_is_read_twice(sit: Sit, alice: Desk, team: int) -> None:
    """Once for the first, and once for all that came meanwhile."""
    cast.fill(1, team)
    person = sit(alice)
    opens(person, 1)
    before = contents_read(person)
    jam = Jam(person.page, CONTENTS)
    for _ in range(10):
        cast.fill(1, team)
    until(lambda: person.is_told_all_of(alice), 30, "the news")
    jam.fills()
    jam.dissolves()
    until(lambda: person.is_answered() and contents_read(person) >= before + 2, 30, "the second reading")
    assert person.page.locator(CARDS).count() == 11
    assert contents_read(person) == before + 2


def test_what_left_while_the_list_was_read(sit: Sit, alice: Desk, bob: Desk, team: int) -> None:
    """The answer still has it; the event said that it is gone."""
    [wanted, _] = cast.fill(2, team)
    person = sit(alice)
    opens(person, 2)
    jam = Jam(person.page, CONTENTS)
    cast.fill(1, team)
    jam.fills()
    bob.post(f"workbins/{team}/pull", interactions=[wanted]).ok()
    until(lambda: person.is_told_all_of(alice), 30, "the news")
    jam.dissolves()
    until(lambda: person.page.locator(CARDS).count() == 2, 30)
    assert person.page.locator(f"{CARDS}[href='#{wanted}']").count() == 0


def test_the_focus_stays_in_the_list(sit: Sit, alice: Desk, bob: Desk, team: int) -> None:
    """Whoever goes by keys is not thrown out of it when another takes what had the focus."""
    first, second = cast.fill(2, team)
    person = sit(alice)
    opens(person, 2)
    person.sees(f"{CARDS}[href='#{first}']").focus()
    bob.post(f"workbins/{team}/pull", interactions=[first]).ok()
    person.misses(f"{CARDS}[href='#{first}']")
    assert person.page.evaluate("document.activeElement.getAttribute('href')") == f"#{second}"
