"""By keys alone, on a phone, in the dark, by ear: the desk is the same."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from interactions.models import Interaction
from tests import cast
from tests.applications import Desk
from tests.desk.conftest import Sit
from tests.desk.person import Person

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = {
    "subject": "A mail as they are",
    "from": "Ann Lee <ann@example.org>",
    "to": ["support@example.org"],
    "text": "Hello,\n\n> what was said\n\nsee https://example.org/a?b=1.\n-- \nAnn",
    "attachments": [{"name": "photo.png", "content_type": "image/png", "size": 12345}],
    "message_id": "<1@example.org>",
}


def violations(person: Person) -> list[str]:
    person.page.wait_for_timeout(250)  # colours fade into each other
    found = Axe().run(person.page).response["violations"]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]


def is_cut_off(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


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
    person.sees(".notice", "Note saved")
    person.press("Escape", "m", "ArrowDown", "Enter")
    person.sees("#bins .card", "A mail as they are")
    person.press("b", "Enter", "Enter")  # hidden, and listed again
    person.sees("#bins .card").focus()
    person.press("Enter", "t")
    person.sees(".bar", "yours until")
    person.press("f")
    person.type("answered")
    person.press("Enter")
    person.sees(".notice", "Finished")
    done = Interaction.objects.get()
    assert (done.state, done.stop_reason) == ("stopped", "answered")
    assert done.user_data["note"] == "n, f and m are only letters here"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_by_ear_and_by_eye(sit: Sit, alice: Desk, lena: Desk, scheme: str) -> None:
    drafts = cast.drafts_of("alice")
    cast.fill(2, drafts, user_data=MAIL)
    [first, _] = cast.fill(2, user_data=MAIL)
    person = sit(alice)
    person.page.emulate_media(color_scheme=scheme)
    person.take_next("A mail as they are")
    lena.revoke(first).ok()
    person.sees(".gone-banner")
    found = violations(person)
    person.press("n")
    person.sees(".bar", "yours until")
    found += violations(person)
    person.press("m")
    found += violations(person)
    assert found == []


def test_on_a_phone(sit: Sit, alice: Desk) -> None:
    cast.drafts_of("alice")
    cast.fill(1, user_data=MAIL)
    person = sit(alice)
    person.page.set_viewport_size({"width": 390, "height": 844})
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
    cast.fill(1, user_data={"customer": "gold", "lines": 3})
    person = sit(alice)
    person.take_next("email")
    person.sees(".properties", "gold")
    for field, value in {"priority": "7", "property-key": "lines", "property-value": "4"}.items():
        person.page.fill(f"#{field}", value)
        person.page.locator(f"#{field}").blur()  # then the value that a property has is offered
    person.page.focus("#property-value")
    person.press("Enter")
    person.sees(".notice", "Properties saved")
    changed = Interaction.objects.get()
    assert (changed.priority, changed.user_data) == (7, {"customer": "gold", "lines": 4})
