"""Hostile words in every text field, on every page, in a real browser: words, and nothing else happens."""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import pytest
from django.test import override_settings

from interactions.models import Agent, AgentGroup, Interaction, MediaType, Place, Service
from interactions.sql import fetch_value
from reporting.models import AlarmRule
from tests import tables
from tests.browser import filling, pages
from tests.browser.conftest import PATIENCE
from tests.browser.watching import Watcher, squeezed
from tests.cheap_passwords import PASSWORD_HASHERS
from tests.hostile.words import WORDS
from tests.web import Web, web

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """Everything is filled once, for scenes that only look."""
    with django_db_blocker.unblock():
        with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
            root = filling.fill_everything(tmp_path_factory.mktemp("mail") / "hostile.mbox")
        patch = pytest.MonkeyPatch()
        patch.setattr(tables, "empty", lambda: None)
        try:
            yield root
        finally:
            patch.undo()
            tables.empty()


@pytest.fixture(scope="module")
def served(filled: Any, django_db_blocker: Any) -> Iterator[Web]:
    with django_db_blocker.unblock(), web() as site:
        yield site


@pytest.fixture
def watcher(served: Web, filled: Any, browser: Any) -> Iterator[Watcher]:
    """As the admin."""
    cookie = filled.cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": served.url}])
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    yield Watcher(page, served.url)
    page.close()


def test_every_text_field_has_them(filled: Any) -> None:
    """Or is among those that take no words of people's."""
    empty = []
    for table, columns in filling.text_fields().items():
        for column in sorted(columns):
            found = fetch_value(
                f'SELECT count(*) FROM {table} WHERE "{column}"::text LIKE %(mark)s',
                {"mark": f"%{filling.MARK}%"},
            )
            if not found:
                empty.append(f"{table}.{column}")
    assert empty == []


def test_nothing_happens_on_any_page(watcher: Watcher) -> None:
    opened = pages.all_pages()
    assert [fault for path in opened for fault in watcher.open(path)] == []
    print(f"{len(opened)} pages.")  # noqa: T201


SHOWN = [
    (f"{pages.CORE}/mediatype/", MediaType, "name"),
    (f"{pages.CORE}/agentgroup/", AgentGroup, "name"),
    (f"{pages.CORE}/place/", Place, "name"),
    (f"{pages.CORE}/service/", Service, "name"),
    (f"{pages.CORE}/agent/", Agent, "employee_id"),
    (f"{pages.CORE}/interaction/", Interaction, "user_data__subject"),
    ("/admin/reporting/alarmrule/", AlarmRule, "name"),
]


@pytest.mark.parametrize(("path", "model", "field"), SHOWN, ids=[path.split("/")[-2] for path, *_ in SHOWN])
def test_they_are_shown_as_they_are(watcher: Watcher, path: str, model: Any, field: str) -> None:
    assert watcher.open(path) == []
    text = watcher.read()
    values = (
        model._default_manager.order_by("-pk").exclude(**{field: None}).values_list(field, flat=True)[:40]
    )
    assert values
    assert [value for value in values if squeezed(value)[:80] not in text] == []


def test_the_dashboard_shows_them_as_they_are(watcher: Watcher) -> None:
    assert watcher.open("/admin/") == []
    watcher.page.wait_for_selector(".wbd-oldest tbody tr")
    oldest = Interaction.objects.filter(state="queued").order_by("waiting_since", "pk")[:8]
    text = watcher.read()
    assert sum(squeezed(row.user_data["subject"]) in text for row in oldest) >= 7


def test_an_address_that_runs_something_is_no_link(watcher: Watcher) -> None:
    """Whatever is a link leads to a page of ours."""
    for path in pages.changed():
        watcher.open(path)
        targets = watcher.page.evaluate("() => [...document.links].map((link) => link.href)")
        assert [to for to in targets if not to.startswith(watcher.url)] == []


# --- That it would be seen ------------------------------------------------------------------------------


def serve_otherwise(watcher: Watcher, write: Callable[[str], str], *, keep_policy: bool = True) -> str:
    """A page that writes the words in another way than escaped. Returns its address."""
    path = f"{pages.CORE}/mediatype/"

    def answer(route: Any) -> None:
        found = route.fetch()
        dropped = {"content-length"} | (set() if keep_policy else {"content-security-policy"})
        headers = {name: value for name, value in found.headers.items() if name not in dropped}
        body = found.text()
        for word in WORDS:
            body = body.replace(escape(word), write(word))
        route.fulfill(response=found, headers=headers, body=body)

    watcher.page.route(watcher.url + path, answer)
    return path


@pytest.mark.parametrize("keep_policy", [True, False])
def test_a_page_that_escapes_nothing_would_be_seen(watcher: Watcher, keep_policy: bool) -> None:
    """The twins: the policy keeps scripts from running, and without it they would run."""
    path = serve_otherwise(watcher, lambda word: word, keep_policy=keep_policy)
    watcher.open(path)
    faults = watcher.until_seen("the policy forbids" if keep_policy else "a script ran")
    assert "a strange element" in faults
    assert ("the policy forbids" in faults) is keep_policy
    assert ("a script ran" in faults) is not keep_policy


def test_a_word_that_is_not_shown_would_be_seen(watcher: Watcher) -> None:
    """The twin."""
    watcher.open(serve_otherwise(watcher, lambda word: ""))
    assert squeezed(WORDS[0]) not in watcher.read()


def test_a_request_to_others_would_be_seen(watcher: Watcher) -> None:
    watcher.open("/admin/")
    watcher.page.evaluate("() => { new Image().src = 'http://127.0.0.1:9/x.png'; }")
    watcher.until_seen("policy")
