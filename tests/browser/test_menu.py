"""Ways about the admin, by keys alone: the menu, who one is and how it looks; the ways out."""

import pytest

from interactions.models import Queue
from tests.admin.stage import CORE, Floor
from tests.browser.accessible import violations
from tests.browser.watching import Watcher, resize

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
FOCUSED = "document.activeElement.getAttribute('aria-label')"
YOU = "nav[aria-label=You]"  # comes into sight little by little


def test_the_menu_on_a_phone(watcher: Watcher, floor: Floor) -> None:
    page = watcher.page
    resize(page, **PHONE)
    watcher.open(f"{CORE}/queue/")
    menu, sidebar = page.get_by_role("button", name="Menu", exact=True), page.locator("#nav-sidebar")
    assert not sidebar.is_visible()
    menu.focus()
    page.keyboard.press("Enter")
    sidebar.wait_for()
    page.wait_for_function(f"{FOCUSED} === 'Close the menu'")
    assert violations(page) == []
    page.keyboard.press("Escape")
    sidebar.wait_for(state="hidden")
    page.wait_for_function(f"{FOCUSED} === 'Menu'")
    menu.click()
    page.locator(".wb-behind").wait_for()
    page.mouse.click(380, 400)  # beside it
    sidebar.wait_for(state="hidden")
    menu.click()
    sidebar.get_by_text("Sessions").click()
    page.wait_for_url(f"**{CORE}/session/")


def test_what_can_be_done_on_a_phone(watcher: Watcher, floor: Floor) -> None:
    page = watcher.page
    resize(page, **PHONE)
    watcher.open(f"{CORE}/queue/{Queue.objects.get(name='email').pk}/change/")
    assert not page.get_by_role("link", name="Pause").is_visible()
    page.get_by_role("button", name="What can be done").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Pause").wait_for()
    assert violations(page) == []
    page.get_by_role("link", name="Pause").click()
    page.get_by_role("button", name="Pause: 1 queue").click()
    page.get_by_text("1 queue paused.").wait_for()
    assert Queue.objects.get(name="email").is_paused


def test_who_one_is_and_how_it_looks(watcher: Watcher, floor: Floor) -> None:
    page = watcher.page
    watcher.open(f"{CORE}/queue/")
    page.get_by_role("button", name="root").focus()
    page.keyboard.press("Enter")
    page.locator(YOU).wait_for()
    page.wait_for_function(f"getComputedStyle(document.querySelector('{YOU}')).opacity === '1'")
    page.get_by_role("button", name="Dark").focus()
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_selector("html.dark")
    page.get_by_role("button", name="Dark", pressed=True).wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="You are logged out").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_errors(watcher: Watcher, floor: Floor, scheme: str) -> None:
    page = watcher.page
    page.emulate_media(color_scheme=scheme)
    for path in ("/nowhere", "/admin/nowhere/", "/desk/nowhere"):
        assert watcher.open(path) == []
        assert violations(page) == []
    page.get_by_role("link", name="To the admin").click()
    page.wait_for_url("**/admin/")
