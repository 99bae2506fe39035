"""The list of open parties goes on by itself: clocks run down, rows move, come and go."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from interactions import lifecycle
from interactions.callers import AdminCaller
from interactions.models import Party
from tests.admin.stage import CORE, Floor
from tests.browser.rows import wait_for_rows
from tests.browser.watching import Watcher, resize
from tests.clock import let_pass

pytestmark = pytest.mark.django_db(transaction=True)
LIST = f"{CORE}/party/"
ADMIN = AdminCaller("root")
# The seconds of a party's clock: of 0:59 as of 1:00:59.
SECONDS = """
    (party) => document.querySelector(`[data-party="${party}"]`).textContent.split(":")
        .reduce((sum, part) => 60 * sum + Number(part), 0)
"""


# Nodes that came or left while clocks ran: each would have the styles of all rows found anew.
COUNT = """
    window.nodes = 0;
    new MutationObserver((records) => records.forEach((one) => {
        nodes += one.addedNodes.length + one.removedNodes.length;
    })).observe(document.getElementById("result_list"), { childList: true, subtree: true });
"""
IS_LAID_OUT = "(row) => row.querySelector('th').checkVisibility({ contentVisibilityAuto: true })"


def wait_until(page: Any, party: int, condition: str) -> None:
    """The condition is one of its seconds `left`."""
    page.wait_for_function(f"(party) => {{ const left = ({SECONDS})(party); return {condition} }}", arg=party)


def seconds(page: Any, party: int) -> int:
    return page.evaluate(SECONDS, party)


def test_clocks_run_down_and_renewed_rows_tick_too(watcher: Watcher, floor: Floor) -> None:
    floor.queue.handling_timeout = 1000
    floor.queue.save()
    floor.submit(4)
    first, second = (row.hold.id for row in floor.pull(floor.alice, 2))
    page = watcher.page
    watcher.open(LIST)
    wait_for_rows(page, [second, first])
    began = seconds(page, first)
    assert 800 < began <= 1000
    wait_until(page, first, f"left < {began} && left > {began - 200}")

    # One comes, one goes, and one is as fresh as when it was pulled.
    let_pass(300)
    [third] = [row.hold.id for row in floor.pull(floor.bob)]
    lifecycle.revoke(ADMIN, Party.objects.get(pk=second).interaction_id, None)
    wait_for_rows(page, [first, third])
    later = seconds(page, third)
    assert later > seconds(page, first) + 200
    for party in (first, third):
        left = seconds(page, party)
        wait_until(page, party, f"left < {left}")
    page.wait_for_function("document.querySelectorAll('.wb-gone').length === 0")


def test_whoever_has_the_focus_keeps_it_while_others_move(watcher: Watcher, floor: Floor) -> None:
    """The first goes to the end, as one does whose agent has sent a request."""
    floor.submit(5)
    parties = sorted((row.hold.id for row in floor.pull(floor.alice, 5)), reverse=True)
    page = watcher.page
    watcher.open(LIST)
    wait_for_rows(page, parties)
    first, second, *others = parties
    page.locator(f"tr:has([data-party='{second}']) th a").focus()
    Party.objects.filter(pk=first).update(deadline_at=F("deadline_at") + timedelta(seconds=30))
    wait_for_rows(page, [second, *others, first])
    assert page.evaluate("document.activeElement.textContent") == str(second)


def wait_until_laid_out(page: Any, row: Any, expected: bool) -> None:
    """A browser decides it with a frame that it draws."""
    arguments = [row.element_handle(), expected]
    page.wait_for_function(f"([row, expected]) => ({IS_LAID_OUT})(row) === expected", arg=arguments)


def look_at(watcher: Watcher, floor: Floor, count: int) -> list[int]:
    """Alice holds so many, and all are in the list."""
    floor.submit(count)
    held = [row.hold.id for row in floor.pull(floor.alice, count)]
    watcher.open(LIST)
    watcher.page.get_by_text(f"Live: {count} on this page").wait_for()
    return held


def test_five_hundred_of_them(watcher: Watcher, floor: Floor) -> None:
    held, page = look_at(watcher, floor, 500), watcher.page
    floor.submit()
    began = seconds(page, held[0])
    lifecycle.revoke(ADMIN, Party.objects.get(pk=held[-1]).interaction_id, None)
    [new] = [row.hold.id for row in floor.pull(floor.bob)]
    page.wait_for_selector(f"[data-party='{new}']")
    assert page.locator("#result_list tbody:not(.wb-gone)").count() == 500
    wait_until(page, held[0], f"left < {began}")
    assert watcher.look() == []


def test_what_is_out_of_sight_costs_nothing(watcher: Watcher, floor: Floor) -> None:
    """Of hundreds of rows those are laid out that are looked at; clocks change words, and no nodes."""
    held, page = look_at(watcher, floor, 300), watcher.page
    rows = page.locator("#result_list tbody")
    wait_until_laid_out(page, rows.first, True)
    wait_until_laid_out(page, rows.last, False)
    page.evaluate(COUNT)
    began = seconds(page, held[0])
    wait_until(page, held[0], f"left < {began}")
    assert page.evaluate("nodes") == 0
    rows.last.scroll_into_view_if_needed()
    wait_until_laid_out(page, rows.last, True)
    resize(page, 390)  # and as cards
    wait_until_laid_out(page, rows.first, False)
    assert rows.last.evaluate("async (row) => { row.remove(); await null; return nodes; }") == 1  # the twin
