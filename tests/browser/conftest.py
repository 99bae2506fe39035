"""A browser for the scenes of a module, with a profile of its own that is empty."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import WHERE, chromium

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


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
            str(profile), executable_path=path, headless=True, args=ARGUMENTS, service_workers="block"
        )
        try:
            yield context
        finally:
            context.close()
            patch.undo()
