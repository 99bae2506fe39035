"""The admin by ear and by eye: axe finds nothing wrong in what is ours."""

import pytest

from interactions.models import Agent, Party, Service
from reporting.models import Webhook
from tests.admin.stage import CORE, Floor, raise_alarm
from tests.browser import accessible
from tests.browser.accessible import violations
from tests.browser.watching import Watcher, resize
from tests.hooks import webhook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy(floor: Floor) -> dict[str, int]:
    """A floor with something of each kind; by their names in PAGES."""
    [first] = floor.submit(user_data={"subject": "Where is my order?"})
    floor.submit(2, parent_id=first, external_id=None, user_data={"subject": "Re: Where is my order?"})
    floor.pull(floor.alice, 2)
    webhook("http://127.0.0.1:1/")
    raise_alarm(floor.queue)
    return {
        "interaction": first,
        "party": Party.objects.order_by("pk")[0].pk,
        "queue": floor.queue.pk,
        "agent": Agent.objects.order_by("pk")[0].pk,
        "service": Service.objects.get().pk,
        "webhook": Webhook.objects.get().pk,
    }


LISTS = [
    *(f"{CORE}/{name}/" for name in ("interaction", "party", "session", "queue", "agent", "service")),
    *(f"/admin/reporting/{name}/" for name in ("event", "alarm", "delivery", "webhook", "auditrun")),
    *("/admin/workbins/workbin/", "/admin/admin/logentry/", f"{CORE}/interaction/?q=nothing"),
]
PAGES = [
    *("/admin/", "/admin/?pages"),
    *(
        f"{CORE}/interaction/{{interaction}}/{page}/"
        for page in ("change", "stop", "place-in-workbin", "place")
    ),
    *(f"{CORE}/{path}/" for path in ("party/{party}/change", "queue/{queue}/pause", "queue/{queue}/change")),
    *(f"{CORE}/{path}/" for path in ("agent/{agent}/change", "agent/add", "service/{service}/issue-token")),
    "/admin/reporting/webhook/{webhook}/rotate-secret/",
]
PHONE = {"width": 390, "height": 844}
MOST_SEEN = ["/admin/", f"{CORE}/party/", f"{CORE}/interaction/{{interaction}}/change/"]
MOST_SEEN.append(f"{CORE}/interaction/{{interaction}}/stop/")


def look_at(watcher: Watcher, paths: list[str], busy: dict[str, int]) -> list[str]:
    found = []
    for path in paths:
        watcher.open(path.format(**busy))
        found += [f"{path}: {violation}" for violation in violations(watcher.page)]
    return found


def test_lists(watcher: Watcher, busy: dict[str, int]) -> None:
    assert look_at(watcher, LISTS, busy) == []


def test_pages_and_questions(watcher: Watcher, busy: dict[str, int]) -> None:
    assert look_at(watcher, PAGES, busy) == []


def test_in_the_dark(watcher: Watcher, busy: dict[str, int]) -> None:
    watcher.page.emulate_media(color_scheme="dark")
    assert look_at(watcher, MOST_SEEN, busy) == []


def test_on_a_phone(watcher: Watcher, busy: dict[str, int]) -> None:
    resize(watcher.page, **PHONE)
    assert look_at(watcher, MOST_SEEN, busy) == []
    watcher.page.emulate_media(color_scheme="dark")
    assert look_at(watcher, MOST_SEEN, busy) == []


def test_a_row_on_a_phone_is_a_card_of_what_it_has(watcher: Watcher, busy: dict[str, int]) -> None:
    """On a laptop it is a line of a table, where what is empty has its place."""
    page, path = watcher.page, f"{CORE}/interaction/?q={busy['interaction']}"
    watcher.open(path)
    empty = page.locator(".wb-row [data-label='External id']")
    assert empty.is_visible() and empty.inner_text() == "-"
    resize(page, **PHONE)
    assert not empty.is_visible()
    assert page.locator(".wb-row [data-label='Subject']").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_door(watcher: Watcher) -> None:
    watcher.page.context.clear_cookies()
    assert look_at(watcher, ["/admin/login/"], {}) == []
    watcher.page.fill("#id_username", "root")
    watcher.page.fill("#id_password", "guessed")
    watcher.page.keyboard.press("Enter")
    watcher.page.get_by_text("Please enter the correct username").wait_for()
    assert violations(watcher.page) == []


def test_what_is_wrong_would_be_found(
    watcher: Watcher, busy: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twins: of ours something without a name, too pale and outside of landmarks; and what is excused."""
    assert look_at(watcher, [f"{CORE}/agent/add/"], busy) == []
    monkeypatch.setattr(accessible, "NOT_OURS", {})
    assert {found.partition(":")[0] for found in violations(watcher.page)} >= {
        "aria-input-field-name",
        "label",
    }
    watcher.open(f"{CORE}/party/")
    watcher.page.evaluate(
        """() => {
            document.querySelector(".wb-tick").removeAttribute("aria-label");
            document.querySelector(".wb-time-left").style.color = "#ccc";
            document.querySelector("main").outerHTML = document.querySelector("main").innerHTML;
        }"""
    )
    rules = {found.partition(":")[0] for found in violations(watcher.page)}
    assert rules >= {"label", "color-contrast", "region", "landmark-one-main"}
