"""The pictures of docs/administering.md, with `PICTURES=docs/pictures python -m pytest` and this file.

With `PICTURES_OF_ALL=FOLDER` beside it every screen, at two sizes, light and dark, to be looked at.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from interactions.models import Agent, Queue
from tests.admin.stage import CORE
from tests.browser import alive
from tests.browser.watching import Watcher

WHERE, OF_ALL = os.environ.get("PICTURES", ""), os.environ.get("PICTURES_OF_ALL", "")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not WHERE, reason="PICTURES names no folder"),
]

LAPTOP, PHONE = (1366, 900), (390, 844)
SCREENS = {
    "dashboard": "/admin/",
    "interaction": f"{CORE}/interaction/{{id}}/change/",
    "parties": f"{CORE}/party/",
    "interactions": f"{CORE}/interaction/",
    "stop": f"{CORE}/interaction/{{id}}/stop/",
    "place": f"{CORE}/interaction/{{id}}/place/",
    "workbin": f"{CORE}/interaction/{{id}}/place-in-workbin/",
    "party": f"{CORE}/party/{{party}}/change/",
    "queues": f"{CORE}/queue/",
    "queue": f"{CORE}/queue/{{queue}}/change/",
    "sessions": f"{CORE}/session/",
    "agents": f"{CORE}/agent/",
    "agent": f"{CORE}/agent/{{agent}}/change/",
    "workbins": "/admin/workbins/workbin/",
    "events": "/admin/reporting/event/",
    "alarms": "/admin/reporting/alarm/",
    "rules": "/admin/reporting/alarmrule/",
    "log": "/admin/admin/logentry/",
    "nothing": f"{CORE}/interaction/?q=nothing",
    "pages": "/admin/?pages",
}


@pytest.fixture
def ids(transactional_db: None) -> dict[str, int]:
    id = alive.play()
    holder = Agent.objects.get(user__username="bob")
    return {
        "id": id,
        "party": holder.parties.get(ended_at=None).pk,
        "queue": Queue.objects.get(name="email-support").pk,
        "agent": holder.pk,
    }


@pytest.fixture
def floor(ids: dict[str, int]) -> None:
    """Of this one all is alive; the small one would stand beside it."""


def take(page: Any, where: str, name: str, size: tuple[int, int] = LAPTOP, scheme: str = "light") -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    page.reload()  # the theme is chosen then
    page.wait_for_timeout(700)  # the charts and colours that move
    page.screenshot(path=Path(where) / f"{name}.png")


def test_they_are_taken(watcher: Watcher, ids: dict[str, int]) -> None:
    page = watcher.page
    watcher.open(SCREENS["dashboard"])
    take(page, WHERE, "dashboard", (1366, 1235))
    take(page, WHERE, "dashboard-dark", (1366, 1235), "dark")
    take(page, WHERE, "dashboard-phone", (390, 1400))
    watcher.open(SCREENS["parties"])
    take(page, WHERE, "admin-parties")
    take(page, WHERE, "admin-phone", PHONE)
    watcher.open(f"{CORE}/interaction/?waits=5")
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "stop")
    page.locator("button[name=index]").click()
    page.get_by_role("button", name="Stop: ").wait_for()
    take(page, WHERE, "admin-stop")
    watcher.open(SCREENS["interaction"].format(**ids))
    take(page, WHERE, "admin-interaction", (1366, 1500))
    take(page, WHERE, "admin-interaction-dark", (1366, 1500), "dark")
    for name, path in SCREENS.items() if OF_ALL else ():
        watcher.open(path.format(**ids))
        for kind, size in (("laptop", LAPTOP), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                take(page, OF_ALL, f"{name}-{kind}-{scheme}", size, scheme)
