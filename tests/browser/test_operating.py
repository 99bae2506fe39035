"""An operator's day in a real browser: lists that renew themselves, ticks and questions; and how it looks."""

import os
from pathlib import Path

import pytest

from interactions import lifecycle
from interactions.callers import AdminCaller
from interactions.models import Interaction, Queue
from tests.admin.stage import CORE, Floor
from tests.browser.accessible import violations
from tests.browser.rows import AGAIN_AFTER, rows, wait_for_rows
from tests.browser.watching import Watcher, resize

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = AdminCaller("root")
WHERE = os.environ.get("PICTURES", "")


def test_a_list_renews_itself(watcher: Watcher, floor: Floor) -> None:
    [first] = floor.submit(user_data={"subject": "The first"})
    watcher.open(f"{CORE}/interaction/?state__exact=queued")
    watcher.page.wait_for_selector("[data-live]:not([hidden])")
    [second] = floor.submit(user_data={"subject": "The second"})
    wait_for_rows(watcher.page, [second, first])
    lifecycle.change_properties(ADMIN, first, None, lifecycle.Changes(columns={"priority": 42}))
    watcher.page.clock.fast_forward(AGAIN_AFTER)
    watcher.page.locator(".field-priority", has_text="42").wait_for()
    lifecycle.stop_processing(ADMIN, second, None)
    wait_for_rows(watcher.page, [first])


def test_it_stands_still_while_something_is_ticked(watcher: Watcher, floor: Floor) -> None:
    first, second = floor.submit(2)
    page = watcher.page
    watcher.open(f"{CORE}/interaction/?state__exact=queued")
    page.get_by_text("Live: 2 on this page").wait_for()
    page.locator("input.action-select").first.check()
    lifecycle.stop_processing(ADMIN, second, None)
    [third] = floor.submit()
    page.clock.fast_forward(AGAIN_AFTER)
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
    watcher.page.clock.run_for(10 * AGAIN_AFTER)
    assert asked == []
    watcher.page.locator(".wb-live-switch").click()
    watcher.page.wait_for_function(
        "document.querySelector('[data-live-words]').textContent.startsWith('Live:')"
    )
    assert asked


def test_a_question_and_its_answer(watcher: Watcher, floor: Floor) -> None:
    floor.submit(3)
    page = watcher.page
    watcher.open(f"{CORE}/interaction/")
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "prioritise")
    assert violations(page) == []
    page.locator("button[name=index]").click()
    page.fill("input[name=priority]", "5")
    page.get_by_role("button", name="Change priority: 3 interactions").click()
    page.wait_for_selector("text=3 interactions given the priority.")
    assert set(Interaction.objects.values_list("priority", flat=True)) == {5}


def test_a_long_word_stays_in_its_field(watcher: Watcher, floor: Floor) -> None:
    [id] = floor.submit(external_id=f"<{'1034084194.6615.4.camel@unagi.internal.' * 6}example.org>")
    watcher.open(f"{CORE}/interaction/{id}/change/")
    wide = """() => [...document.querySelectorAll(".field-line > div")]
        .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent)"""
    for width in (1366, 390):
        resize(watcher.page, width)
        assert watcher.page.evaluate(wide) == []
        assert watcher.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


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
def test_nothing_is_cut_off(watcher: Watcher, floor: Floor, scheme: str) -> None:
    """On a phone and on a laptop. `PICTURES=FOLDER` keeps what is to be seen."""
    ids = floor.submit(4, user_data={"subject": "Where is my order?"})
    floor.pull(floor.alice, 2)
    queue = Queue.objects.get(name="email").pk
    watcher.page.emulate_media(color_scheme=scheme)
    wide = []
    for name, path in PAGES.items():
        watcher.open(f"{CORE}/{path.format(id=ids[0], queue=queue)}")
        for width in (390, 1440):
            resize(watcher.page, width, 900)
            if WHERE:
                watcher.page.wait_for_timeout(400)
                watcher.page.screenshot(path=Path(WHERE) / f"{name}-{scheme}-{width}.png")
            if watcher.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{name} at {width}")
    assert wide == []
