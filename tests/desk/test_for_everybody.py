"""By keys alone, on a phone, in the dark, by ear: the desk is the same."""

from itertools import chain
from typing import Any

import pytest
from django.test import Client

from desk.words import FIRST, words
from interactions.models import Interaction
from tests import cast
from tests.applications import Desk
from tests.browser.watching import resize
from tests.desk import screens
from tests.desk.conftest import Prepare, Sit
from tests.desk.screens import MAIL
from tests.desk.seeing import in_marks, is_cut_off, unmarked, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def in_another_language(monkeypatch: pytest.MonkeyPatch) -> Prepare:
    """Its texts are English ones in marks."""
    marked = in_marks(words(FIRST))
    monkeypatch.setattr("desk.views.words", lambda language: marked)
    page = Client().get("/desk/")

    def serve(route: Any) -> None:
        route.fulfill(body=page.content, headers=dict(page.headers))

    return lambda tab: tab.route("**/desk/", serve)


def test_by_keys_alone(sit: Sit, absent_alice: str) -> None:
    """From the log-in to the finish, with a workbin between."""
    cast.drafts_of("alice")
    cast.fill(1, user_data=MAIL)
    person = sit(None)
    person.log_in("alice")
    person.sees("#next")
    person.press("?")
    person.sees("dialog", "Keyboard shortcuts")
    person.press("Escape")
    person.take_next("A mail as they are")
    person.press("e")
    person.type("n, f and m are only letters here")
    person.press("Control+Enter")
    person.is_told("Note saved")
    person.sees("#workbins button")
    person.press("Escape", "m", "ArrowDown", "Enter")
    person.sees("#bins .card", "A mail as they are")
    person.press("b", "Enter", "Enter")  # hidden, and listed again
    person.sees("#bins .card").focus()
    person.press("Enter", "t")
    person.sees(".bar", "yours until")
    person.press("f")
    person.type("answered")
    person.press("Enter")
    person.is_told("Finished")
    done = Interaction.objects.get()
    assert (done.state, done.stop_reason) == ("stopped", "answered")
    assert done.user_data["note"] == "n, f and m are only letters here"


def test_by_ear_and_by_eye(sit: Sit, absent_alice: str, lena: Desk, in_another_language: Prepare) -> None:
    """Every screen and dialog, by day and by night."""
    screens.furnish()
    person = sit(None, before=in_another_language)
    found: dict[str, list[str]] = {}
    texts: set[str] = set()
    for screen in chain(screens.before_the_desk(person), screens.at_the_desk(person, lena)):
        found[screen] = violations(person)
        texts |= unmarked(person)
    assert len(found) == 14
    assert {screen: faults for screen, faults in found.items() if faults} == {}
    assert texts == screens.NAMES


def test_what_is_hard_to_read_would_be_found(sit: Sit, alice: Desk) -> None:
    """The twin."""
    person = sit(alice)
    person.page.evaluate("document.getElementById('next').style.color = 'teal'")
    person.page.evaluate("document.getElementById('help').removeAttribute('aria-label')")
    found = violations(person)
    assert [one for one in found if one.startswith("light: button-name")]
    assert [one for one in found if one.startswith("dark: color-contrast")]


def test_on_a_phone(sit: Sit, alice: Desk) -> None:
    cast.drafts_of("alice")
    cast.fill(1, user_data=MAIL)
    person = sit(alice)
    resize(person.page, 390)
    person.sees("#next").click()
    person.sees("#title", "A mail as they are")
    assert not person.page.is_visible("#next")
    found = violations(person)
    is_cut = is_cut_off(person.page)
    person.sees(".back").click()
    person.sees("#held .card", "A mail as they are")
    assert not person.page.is_visible("#title")
    assert found + violations(person) == []
    assert not (is_cut or is_cut_off(person.page))


def test_a_mail_of_old(sit: Sit, alice: Desk) -> None:
    """Its sender's name is in brackets, nobody is named as its receiver, and quotes need no signs."""
    text = "> Where is it?\n>> There.\n\nHere."
    cast.fill(1, user_data={"subject": "Re: it", "from": "ann@example.org (Ann Lee)", "text": text})
    person = sit(alice)
    person.take_next("Re: it")
    assert person.page.inner_text(".from") == "Ann Lee ann@example.org"
    assert person.page.inner_text(".to") == "to nobody named"
    assert person.page.inner_text(".quote") == "Where is it?\n> There."


def test_a_long_quote_in_a_thread(sit: Sit, alice: Desk) -> None:
    """It is opened by what looks like it, as in the mail itself, and not by a second headline."""
    [first] = cast.fill(1, user_data=MAIL)
    cast.fill(1, user_data=MAIL, parent_id=first)
    person = sit(alice)
    person.take_next("A mail as they are")
    person.sees(".thread-of summary").click()
    person.sees(".thread .text summary", "Quoted text, 8 lines")
    look = "(node) => { const { display, color } = getComputedStyle(node); return [display, color]; }"
    own, other = (
        person.page.locator(one).evaluate(look) for one in (".mail .text summary", ".thread .text summary")
    )
    assert own == other
    assert own != person.page.locator(".thread li > details > summary").evaluate(look)  # the twin


def test_a_mail_to_many(sit: Sit, alice: Desk) -> None:
    """The first of them are named, and all when they are asked for, without the signs around an address."""
    named = [f"{name}@example.org" for name in "abcdefg"]
    cc = [*named[2:-1], f"<{named[-1]}>"]
    cast.fill(1, user_data={"subject": "To all", "text": "Hello.", "to": named[:2], "cc": cc})
    person = sit(alice)
    person.take_next("To all")
    person.sees(".to", "to a@example.org, b@example.org, c@example.org and 4 others").click()
    person.sees(".to p", "cc c@example.org, d@example.org, e@example.org, f@example.org, g@example.org")


WRAPPED = """Thank you for the parcel, which came this morning in the rain and is well
wrapped. But there are two lamps too many in it, and the bill does not
name them.

  one lamp is green
  one lamp is blue

Head of Lamps                          Example Street 7, Middle Town
Telephone                              1234"""


def test_lines_are_as_long_as_the_page(sit: Sit, alice: Desk) -> None:
    """On a phone those go on that a writer's program has broken; on a laptop it reads as it was written."""
    cast.fill(1, user_data={"subject": "Lamps", "from": "ann@example.org", "text": WRAPPED})
    person = sit(alice)
    person.take_next("Lamps")
    lines = person.page.inner_text(".said").split("\n")
    assert [line.rstrip() for line in lines] == WRAPPED.split("\n")
    resize(person.page, 390)
    first, *others = person.page.inner_text(".said").split("\n")
    assert first.endswith(
        "is well wrapped. But there are two lamps too many in it, and the bill does not name them."
    )
    assert [line.rstrip() for line in others] == WRAPPED.split("\n")[3:]


def test_a_browser_loads_little(sit: Sit) -> None:
    """All that comes before the log-in, as it is sent."""
    loads = "[...performance.getEntries()].map((one) => one.encodedBodySize).filter(Boolean)"
    sizes = sit(None).page.evaluate(loads)
    assert len(sizes) > 20
    assert sum(sizes) < 150_000


def test_the_switch_outlives_a_reload(sit: Sit, alice: Desk) -> None:
    person = sit(alice)
    person.sees("#theme").click()
    dark = person.page.evaluate("document.documentElement.dataset.theme")
    person.page.reload()
    assert dark in ("light", "dark")
    assert person.page.evaluate("document.documentElement.dataset.theme") == dark
    person.page.evaluate("localStorage.clear()")


def test_properties_are_changed(sit: Sit, alice: Desk) -> None:
    """Of a work item, which is a list of properties."""
    cast.fill(1, user_data={"customer": "gold", "lines": 3, "papers": ["bill", "receipt"]})
    person = sit(alice)
    person.take_next("email")
    person.sees(".properties", "gold")
    assert "bill\nreceipt\n" in person.page.inner_text(".properties")  # a line for each
    for field, value in {"priority": "7", "property-key": "lines", "property-value": "4"}.items():
        person.page.fill(f"#{field}", value)
        person.page.locator(f"#{field}").blur()  # then the value that a property has is offered
    person.page.focus("#property-value")
    person.press("Enter")
    person.is_told("Properties saved")
    changed = Interaction.objects.get()
    assert (changed.priority, changed.user_data) == (
        7,
        {"customer": "gold", "lines": 4, "papers": ["bill", "receipt"]},
    )
