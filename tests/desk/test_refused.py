"""What the server does not take: it is said in the desk's own words, and nothing is lost by it."""

import pytest

from interactions.models import Interaction
from tests import cast
from tests.applications import Desk
from tests.desk.conftest import Sit
from tests.desk.person import Person
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(sit: Sit, alice: Desk) -> Person:
    cast.fill(1, user_data={"subject": "Two lamps"})
    person = sit(alice)
    person.take_next("Two lamps")
    return person


def move_to(person: Person, queue: str) -> None:
    person.press("m")
    person.sees("dialog[open]")
    person.page.fill("#other-queue", queue)
    person.press("Enter")


def test_a_queue_that_is_not_there(person: Person, alice: Desk) -> None:
    """She is still its party, and writes another name."""
    cast.queue("chat-sales")
    move_to(person, "chat-sails")
    person.sees("dialog[open] .refused", "There is no queue or workbin of that name for you.")
    assert person.page.input_value("#other-queue") == "chat-sails"
    assert person.page.evaluate("document.activeElement.id") == "other-queue"
    assert person.page.locator(".gone-banner").count() == 0
    assert len(alice.parties()) == 1
    person.page.fill("#other-queue", "chat-sales")
    person.press("Enter")
    person.is_told("Placed in chat-sales: Two lamps")
    person.misses("dialog")


AT_ITS_FOOT = """
    (node) => document.elementFromPoint(innerWidth / 2, node.getBoundingClientRect().bottom - 4).id
"""


def test_of_many_queues_one_is_chosen(person: Person) -> None:
    """What sends the form stays in sight, and what has the focus is not behind it."""
    for number in range(20):
        cast.queue(f"queue-{number}", cast.TEAM)
    person.page.reload()
    person.sees("[data-queue='queue-19']")
    person.press("m")
    person.sees("dialog[open] .choice", "queue-19")
    shown = "(node) => node.getBoundingClientRect().bottom < innerHeight - 10"
    assert person.page.locator("dialog .first").evaluate(shown)
    assert not person.page.locator("dialog #other-queue").evaluate(shown)  # the twin
    other = person.page.locator("dialog #other-queue")
    other.focus()
    assert other.evaluate(AT_ITS_FOOT) == "other-queue"


def test_help_asks_for_nothing(person: Person) -> None:
    """Enter on its only field does nothing."""
    person.press("?")
    person.sees("dialog[open] input").focus()
    person.press("Enter", "Escape")
    person.misses("dialog")
    assert person.page.evaluate("told") == []


def test_what_is_not_there_itself(person: Person) -> None:
    """The twin: it was purged meanwhile, and so it is hers no longer."""
    person.page.route("**/api/v1/interactions/**", lambda route: route.fulfill(status=404, json=NOT_FOUND))
    move_to(person, "chat-sales")
    person.sees(".gone-banner", "This is no longer yours")


NOT_FOUND = {"code": "not_found", "status": 404, "detail": "There is no such thing, or you may not see it."}


def test_a_note_that_is_too_long(person: Person) -> None:
    person.page.fill("#note", "x" * 70_000)
    person.press("Control+Enter")
    person.is_told("all properties and the note together may have 64 kB")
    person.press("Control+Enter")
    until(lambda: len(person.page.evaluate("told")) == 2, what="the same words")
    assert person.page.locator(".notice").count() == 1  # not one above the other
    assert person.page.input_value("#note") == "x" * 70_000
    person.page.fill("#note", "short")
    person.press("Control+Enter")
    until(lambda: Interaction.objects.get().user_data.get("note") == "short", what="the note")


def test_a_refusal_that_has_no_words(person: Person) -> None:
    """Those of the server are better than none."""
    problem = {"code": "invalid", "errors": {"colour": ["There is no such field."]}}
    person.page.route("**/api/v1/interactions/*", lambda route: route.fulfill(status=400, json=problem))
    person.page.fill("#note", "red")
    person.press("Control+Enter")
    person.is_told("There is no such field.")
