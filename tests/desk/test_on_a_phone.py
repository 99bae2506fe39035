"""One column: what is open has the page to itself, and what is told covers nothing that is pressed."""

import pytest

from tests import cast
from tests.applications import Desk
from tests.browser.watching import resize
from tests.desk.conftest import Sit
from tests.desk.person import Person
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)
# Of the bar and of the note: what cannot be pressed where it is seen.
COVERED = """
    () => [...document.querySelectorAll(".bar button, .note button, .note textarea")].filter((node) => {
        const { x, y, width, height } = node.getBoundingClientRect();
        return !node.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    }).map((node) => node.textContent || node.id)
"""


@pytest.fixture
def person(sit: Sit, alice: Desk) -> Person:
    cast.fill(1, user_data={"subject": "Two lamps", "text": "Both are broken.", "from": "ann@example.org"})
    person = sit(alice)
    resize(person.page, 390)
    return person


def tell_much(person: Person) -> None:
    """Each of it in several lines; and it stays."""
    person.page.emulate_media(reduced_motion="reduce")
    person.looks_away()
    tell = "({ tell }) => { for (const words of ['one', 'two', 'three']) tell(`${words} `.repeat(30)); }"
    person.page.evaluate(f"import('/static/desk/notices.js').then({tell})")
    person.sees(".notice", "three")


def test_what_is_told_covers_nothing_that_is_pressed(person: Person) -> None:
    """Nor when a line above says that there is no connection."""
    person.take_next("Two lamps")
    tell_much(person)
    assert person.page.evaluate(COVERED) == []
    person.page.context.set_offline(True)
    person.sees("#trouble", "No connection since")
    assert person.page.evaluate(COVERED) == []
    person.page.evaluate("document.querySelector('.notices').style.top = '-3rem'")  # the twin
    assert "FinishF" in person.page.evaluate(COVERED)  # with its key


def test_the_browsers_way_back(person: Person) -> None:
    """It closes what is open, as the arrow does, and leaves the desk only from the list."""
    page = person.page
    steps = page.evaluate("history.length")
    person.take_next("Two lamps")
    page.go_back()
    person.misses("#title")
    person.sees("#held .card", "Two lamps").click()
    person.sees(".back").click()
    person.misses("#title")
    until(lambda: page.evaluate("history.state") is None, what="the step back")
    assert page.evaluate("history.length") == steps + 1
