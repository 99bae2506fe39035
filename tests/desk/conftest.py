"""Agents at desks in a real browser, each in a tab of its own; a page must do nothing that none may."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import PATIENCE, browser  # noqa: F401  a fixture
from tests.browser.watching import Watcher

if TYPE_CHECKING:  # they name models, and a conftest may be read before Django is set up
    from tests.applications import Desk
    from tests.desk.person import Person
    from tests.web import Web

Sit = Callable[..., "Person"]
Prepare = Callable[[Any], object]  # of a page that is still empty


@pytest.fixture
def sit(browser: Any, site: "Web") -> Iterator[Sit]:  # noqa: F811
    """Sit down: with a session, as after a reload; without one, before the log-in."""
    from tests.desk.person import Person

    watchers: list[Watcher] = []

    def down(
        desk: "Desk | None" = None, *, has_own_time: bool = False, url: str = "", before: Prepare = bool
    ) -> "Person":
        page = browser.new_page()
        if has_own_time:
            page.clock.install()
        before(page)
        page.set_default_timeout(PATIENCE)
        watchers.append(Watcher(page, url or site.url))
        person = Person(page, url or site.url)
        person.come_in(desk)
        return person

    yield down
    browser.set_offline(False)
    faults = [fault for watcher in watchers for fault in watcher.faults if "401" not in fault]
    for watcher in watchers:
        faults += [] if watcher.page.is_closed() else watcher.page.evaluate("window.found")
        watcher.page.close()
    assert [fault for fault in faults if "net::ERR_" not in fault] == []
