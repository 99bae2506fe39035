"""The pictures of docs/desk.md: `PICTURES=docs/pictures python -m pytest tests/desk/test_pictures.py`."""

import os
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from django.core.management import call_command

from interactions.tasks import revoke_due
from tests import cast
from tests.applications import SUPPORT, Desk
from tests.clock import make_overdue
from tests.desk.conftest import Sit
from workbins.models import WorkbinType

LAPTOP, PHONE = (1280, 800), (390, 844)
WHERE = os.environ.get("PICTURES", "")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not WHERE, reason="PICTURES names no folder"),
]


def test_they_are_taken(sit: Sit, alice: Desk) -> None:
    drafts = cast.drafts_of("alice")
    cast.team_bin()
    for kind, name in {"agent": "drafts", "agent_group": "team"}.items():
        WorkbinType.objects.filter(name=kind).update(display_name=name)
    cast.queue("chat-sales", cast.TEAM)
    cast.fill(3, "chat-sales", user_data={"subject": "Do you ship to Norway?"})
    for subject in ("Invoice 2231, second reminder", "Two lamps, one broken", "Address has changed"):
        cast.fill(1, drafts, user_data={"subject": subject, "from": "Ann Lee <ann@example.org>", "text": "…"})
    call_command("import_mail", str(settings.BASE_DIR / "config" / "demo.mbox"), queue=SUPPORT)
    person = sit(alice)
    page, where = person.page, Path(WHERE)

    def take(name: str, size: tuple[int, int], scheme: Literal["light", "dark"] = "light") -> None:
        person.misses(".notice")
        page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.screenshot(path=where / f"{name}.png")

    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("[data-queue='email-support'] button")
    person.sees(".thread-of")
    page.click("[data-queue='chat-sales'] button")
    person.sees("#title", "Norway")
    person.press("k", "e")
    person.type("Asked the carrier; they answer until noon.")
    take("desk", LAPTOP)
    take("desk-dark", LAPTOP, "dark")
    take("desk-phone", PHONE)
    make_overdue(*[party["interaction"] for party in alice.parties() if party["queue"] == SUPPORT])
    revoke_due()
    person.sees(".gone-banner")
    page.evaluate("document.activeElement.blur()")
    take("desk-taken-back", LAPTOP)
