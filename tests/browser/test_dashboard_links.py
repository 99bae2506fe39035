"""What the dashboard counts is a link to the list of it, and the list has as many."""

from datetime import timedelta

import pytest

from interactions import lifecycle
from interactions.callers import AdminCaller
from interactions.models import Interaction
from interactions.statements.locks import read_now
from reporting.admin.events import HOUR
from reporting.intervals.spans import QUARTER, begin_of
from reporting.models import Event
from tests.admin.stage import Floor
from tests.browser.rows import rows
from tests.browser.watching import Watcher
from tests.processes import until
from tests.test_intervals import count
from workbins.models import Workbin

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = AdminCaller("root")
LONG = timedelta(seconds=40)  # a scene, on a busy machine
# The address of the link, and the number that it is about.
TILES = """
    () => [...document.querySelectorAll("#wbd-tiles > li")].map((tile) =>
        [tile.querySelector("a").getAttribute("href"), tile.querySelector("strong").textContent])
"""
LINES = """
    () => [...document.querySelectorAll(".wbd-queues tbody a[href*='state__exact']")].map((link) =>
        [link.getAttribute("href"), link.textContent])
"""
AGENTS = """
    () => [...document.querySelectorAll(".wbd-agents tbody tr")].map((row) =>
        [row.querySelector("a").getAttribute("href"), row.cells[2].firstChild.textContent])
"""
OLDEST = """
    () => [...document.querySelectorAll(".wbd-queues tbody a[href*='waits']")].map((link) =>
        [link.getAttribute("href"), link.textContent])
"""


def is_long_before_the_next_quarter() -> bool:
    now = read_now()
    return begin_of(now, QUARTER) == begin_of(now + LONG, QUARTER)


@pytest.fixture
def afternoon(floor: Floor) -> Floor:
    """Some of all that is counted, within the last hour and before; and one in a workbin."""
    until(is_long_before_the_next_quarter, 60, "the next quarter, with which the last hour begins anew")
    floor.submit(9)
    [before, quarter, now, stopped, *_] = floor.pull(floor.bob, 5)
    for row in (before, quarter, now):
        lifecycle.revoke(ADMIN, row.id, None)
    begin = begin_of(read_now() - HOUR, QUARTER)  # where the last hour begins, for a tile
    for row, at in ((before, begin - timedelta(seconds=9)), (quarter, begin + timedelta(seconds=9))):
        Event.objects.filter(interaction=row.id).update(at=at)
    lifecycle.stop_processing(floor.bob, stopped.id, stopped.hold.id, None)
    floor.pull(floor.alice, 2)
    drafts = Workbin.objects.get(agent=floor.bob.agent_id).queue
    lifecycle.place(ADMIN, Interaction.objects.filter(state="queued").order_by("-pk")[0].pk, None, drafts)
    count()
    return floor


def listed(watcher: Watcher, address: str) -> int:
    assert watcher.open(address) == []
    return watcher.page.locator("#result_list tbody").count()


def counted(watcher: Watcher, script: str) -> list[tuple[str, str]]:
    watcher.open("/admin/")
    watcher.page.wait_for_selector("#wbd-tiles li")
    return watcher.page.evaluate(script)


def test_tiles(watcher: Watcher, afternoon: Floor) -> None:
    told = counted(watcher, TILES)
    assert [number for _, number in told] == ["5", "3", "2", "0 s", "2", "1"]
    for address, number in told:
        assert listed(watcher, address) == int(number.split()[0]), address


def test_lines_of_queues_and_agents(watcher: Watcher, afternoon: Floor) -> None:
    told = counted(watcher, LINES)
    assert [number for _, number in told] == ["4", "3"]
    told += (agents := counted(watcher, AGENTS))
    assert sorted(number for _, number in agents) == ["1", "2"]
    for address, number in told:
        assert listed(watcher, address) == int(number), address


def test_the_oldest_stands_first(watcher: Watcher, afternoon: Floor) -> None:
    oldest = Interaction.objects.filter(queue=afternoon.queue, state="queued").order_by("waiting_since")[0]
    [(address, _)] = counted(watcher, OLDEST)
    watcher.open(address)
    assert rows(watcher.page)[0] == str(oldest.pk)


def test_another_hour_would_be_seen(watcher: Watcher, afternoon: Floor) -> None:
    """The twin: an hour that begins elsewhere than the tile's."""
    [(address, number)] = [told for told in counted(watcher, TILES) if "EventRevoked" in told[0]]
    Event.objects.filter(event="EventRevoked").update(at=begin_of(read_now() - HOUR, QUARTER) - HOUR / 60)
    assert listed(watcher, address) != int(number)
