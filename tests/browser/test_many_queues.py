"""Hundreds of queues: the dashboard shows the worst, and charts and agents are not miles below."""

import pytest

from interactions.models import Queue
from tests.admin.stage import Floor
from tests.browser.watching import Watcher

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_worst_until_all_are_asked_for(watcher: Watcher, floor: Floor) -> None:
    Queue.objects.bulk_create(Queue(name=f"region-{number:02}") for number in range(40))
    page, lines = watcher.page, watcher.page.locator(".wbd-queues tbody tr")
    watcher.open("/admin/")
    page.get_by_text("25 of 42").wait_for()
    assert lines.count() == 25
    page.get_by_role("button", name="Show all", exact=True).click()
    page.get_by_role("button", name="Show the worst").wait_for()
    assert lines.count() == 42
    page.get_by_role("button", name="Show the worst").click()
    page.get_by_text("25 of 42").wait_for()
    assert lines.count() == 25
    watcher.open("/admin/?queue=region-39")  # the one that was asked for stands there too
    page.get_by_text("26 of 42").wait_for()
    assert page.locator(".wbd-queues [data-queue='region-39']").is_visible()


def test_few_are_all_there(watcher: Watcher, floor: Floor) -> None:
    watcher.open("/admin/")
    watcher.page.wait_for_selector(".wbd-queues tbody tr")
    assert watcher.page.locator(".wbd-queues tbody tr").count() == 2
    assert not watcher.page.locator("#wbd-queues-all").is_visible()
