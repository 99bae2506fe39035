"""A browser for the scenes of a module, with a profile of its own that is empty; and an admin before it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import WHERE, chromium

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
PATIENCE = 60_000  # ms


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A persistent context of Playwright's."""
    path = chromium()
    if path is None:
        pytest.skip(WHERE)
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    profile = tmp_path_factory.mktemp("profile")
    # Playwright keeps an event loop in this thread, and Django takes that for a call from within it.
    patch = pytest.MonkeyPatch()
    patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as started:
        context = started.chromium.launch_persistent_context(
            str(profile),
            executable_path=path,
            headless=True,
            args=ARGUMENTS,
            service_workers="block",
            timeout=2 * PATIENCE,
        )
        try:
            yield context
        finally:
            context.close()
            patch.undo()


@pytest.fixture
def floor(transactional_db: None) -> Any:
    from tests.admin.stage import open_floor

    return open_floor()


@pytest.fixture
def watcher(site: Any, browser: Any, floor: Any) -> Iterator[Any]:
    """Root at a laptop, whose pages must do nothing that none may."""
    from django.contrib.auth.models import User
    from django.test import Client

    from tests.browser.watching import Watcher

    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    cookie = client.cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
    page = browser.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.clock.install()
    watching = Watcher(page, site.url)
    yield watching
    faults = [*watching.faults, *page.evaluate("window.found")]
    page.close()
    assert faults == []
