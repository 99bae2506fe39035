"""An operator's day in a real browser: lists that renew themselves, ticks and questions; and how it looks."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.test import Client

from interactions import lifecycle
from interactions.callers import AdminCaller
from interactions.models import Interaction, Party, Queue
from tests.admin.stage import CORE, Floor, open_floor
from tests.browser.watching import Watcher
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = AdminCaller("root")
OURS = (".wb-bar", ".wb-panel", ".wb-history", ".wb-time-left", ".wb-link", ".wb-moment")
FEW_SECONDS = 15_000  # ms
WHERE = os.environ.get("PICTURES", "")


@pytest.fixture
def floor(transactional_db: None) -> Floor:
    return open_floor()


@pytest.fixture
def watcher(site: Web, browser: Any, floor: Floor) -> Iterator[Watcher]:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    cookie = client.cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
    page = browser.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.set_default_timeout(FEW_SECONDS)
    watching = Watcher(page, site.url)
    yield watching
    faults = [*watching.faults, *page.evaluate("window.found")]
    page.close()
    assert faults == []


def rows(page: Any) -> list[str]:
    return page.locator("#result_list tbody:not(.wb-gone) th a").all_inner_texts()


def wait_for_rows(page: Any, expected: list[int]) -> None:
    wanted = ",".join(map(str, expected))
    page.wait_for_function(
        """(wanted) => [...document.querySelectorAll("#result_list tbody:not(.wb-gone) th a")]
            .map((link) => link.textContent.trim()).join() === wanted""",
        arg=wanted,
    )


def test_a_list_renews_itself(watcher: Watcher, floor: Floor) -> None:
    [first] = floor.submit(user_data={"subject": "The first"})
    watcher.open(f"{CORE}/interaction/?state__exact=queued")
    watcher.page.wait_for_selector("[data-live]:not([hidden])")
    [second] = floor.submit(user_data={"subject": "The second"})
    wait_for_rows(watcher.page, [second, first])
    lifecycle.change_properties(ADMIN, first, None, lifecycle.Changes(columns={"priority": 42}))
    watcher.page.wait_for_function("document.querySelector('#result_list').textContent.includes('42')")
    lifecycle.stop_processing(ADMIN, second, None)
    wait_for_rows(watcher.page, [first])


def test_it_stands_still_while_something_is_ticked(watcher: Watcher, floor: Floor) -> None:
    first, second = floor.submit(2)
    page = watcher.page
    watcher.open(f"{CORE}/interaction/?state__exact=queued")
    page.locator("input.action-select").first.check()
    lifecycle.stop_processing(ADMIN, second, None)
    [third] = floor.submit()
    page.wait_for_selector("[data-live][data-state=still]")
    assert rows(page) == [str(second), str(first)]
    page.locator("input.action-select").first.uncheck()
    wait_for_rows(page, [third, first])
    page.locator("#action-toggle").check()  # those that came later too
    page.wait_for_function("document.querySelector('.action-counter').textContent === '2 of 2 selected'")


def test_paused_it_asks_nothing(watcher: Watcher, floor: Floor) -> None:
    floor.submit()
    watcher.open(f"{CORE}/interaction/")
    asked: list[str] = []
    watcher.page.locator(".wb-live-switch").click()
    watcher.page.on("request", lambda request: asked.append(request.url))
    watcher.page.wait_for_timeout(5_500)
    assert asked == []
    watcher.page.locator(".wb-live-switch").click()
    watcher.page.wait_for_function(
        "document.querySelector('[data-live-words]').textContent.startsWith('Live:')"
    )
    assert len(asked) == 1


def test_a_question_and_its_answer(watcher: Watcher, floor: Floor) -> None:
    floor.submit(3)
    page = watcher.page
    watcher.open(f"{CORE}/interaction/")
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "prioritise")
    page.locator("button[name=index]").click()
    page.fill("input[name=priority]", "5")
    page.get_by_role("button", name="Change priority: 3 interactions").click()
    page.wait_for_selector("text=3 interactions given the priority.")
    assert set(Interaction.objects.values_list("priority", flat=True)) == {5}


def many_parties(floor: Floor, count: int) -> None:
    floor.submit(count, user_data={"subject": "Where is my order?"})
    for caller in (floor.alice, floor.bob):
        for _ in range(count // 200):
            floor.pull(caller, 100)
    for number, party in enumerate(Party.objects.order_by("pk")):
        Party.objects.filter(pk=party.pk).update(deadline_at=Now() + timedelta(seconds=20 + 3 * number))


def test_five_hundred_parties_stay_smooth(watcher: Watcher, floor: Floor) -> None:
    many_parties(floor, 600)
    page = watcher.page
    page.add_init_script(
        """window.long = [];
        const note = (list) => list.getEntries().forEach((entry) => window.long.push(entry.duration));
        new PerformanceObserver(note).observe({ type: "longtask", buffered: true });"""
    )
    watcher.open(f"{CORE}/party/")
    assert page.locator("#result_list tbody").count() == 500
    page.wait_for_function("document.querySelector('[data-live-words]').textContent.includes('500')")
    page.evaluate("window.long.length = 0")
    left = page.locator(".wb-time-left").nth(100).inner_text()
    first = Party.objects.order_by("deadline_at")[0]
    lifecycle.revoke(ADMIN, first.interaction_id, None, first.pk)
    page.wait_for_selector("#result_list tbody.wb-gone, #result_list tbody.wb-new", state="attached")
    assert page.locator(".wb-time-left").nth(100).inner_text() != left
    assert max([0, *page.evaluate("window.long")]) < 400  # ms that nothing else could be done in


def violations(page: Any) -> list[str]:
    """Of our own markup; that of the admin's theme is not ours."""
    page.wait_for_timeout(250)
    found = Axe().run(page).response["violations"]
    is_ours = f"(node) => document.querySelector(node)?.closest({', '.join(OURS)!r}) !== null"
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
        if page.evaluate(is_ours, node["target"][0])
    ]


PAGES = {
    "interactions": "interaction/",
    "parties": "party/",
    "sessions": "session/",
    "queues": "queue/",
    "interaction": "interaction/{id}/change/",
    "stop": "interaction/{id}/stop/",
    "pause": "queue/{queue}/pause/",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_by_ear_and_by_eye(watcher: Watcher, floor: Floor, scheme: str) -> None:
    ids = floor.submit(4, user_data={"subject": "Where is my order?"})
    floor.pull(floor.alice, 2)
    queue = Queue.objects.get(name="email").pk
    watcher.page.emulate_media(color_scheme=scheme)
    found, wide = [], []
    for name, path in PAGES.items():
        watcher.open(f"{CORE}/{path.format(id=ids[0], queue=queue)}")
        found += [f"{name}: {one}" for one in violations(watcher.page)]
        for width in (390, 1440):
            watcher.page.set_viewport_size({"width": width, "height": 900})
            if WHERE:
                watcher.page.wait_for_timeout(400)
                watcher.page.screenshot(path=Path(WHERE) / f"{name}-{scheme}-{width}.png")
            if watcher.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{name} at {width}")
    assert (found, wide) == ([], [])
