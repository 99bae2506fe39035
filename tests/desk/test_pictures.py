"""The pictures of docs/desk.md: `PICTURES=docs/pictures python -m pytest tests/desk/test_pictures.py`."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from interactions.tasks import revoke_due
from tests import cast
from tests.applications import SUPPORT, Desk
from tests.clock import make_overdue
from tests.desk.conftest import Sit

WHERE = os.environ.get("PICTURES", "")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not WHERE, reason="PICTURES names no folder"),
]


def test_they_are_taken(sit: Sit, alice: Desk) -> None:
    drafts = cast.drafts_of("alice")
    cast.workbin_of(cast.group(cast.TEAM), "agent_group")
    cast.queue("chat-sales", cast.TEAM)
    cast.fill(3, "chat-sales", user_data={"subject": "Do you ship to Norway?"})
    for subject in ("Invoice 2231, second reminder", "Two lamps, one broken", "Address has changed"):
        cast.fill(1, drafts, user_data={"subject": subject, "from": "Ann Lee <ann@example.org>", "text": "…"})
    call_command("import_mail", str(settings.BASE_DIR / "config" / "demo.mbox"), queue=SUPPORT)
    person = sit(alice)
    page, where = person.page, Path(WHERE)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click("[data-queue='email-support'] button")
    person.sees(".thread-of")
    page.click("[data-queue='chat-sales'] button")
    person.sees("#title", "Norway")
    person.press("k", "e")
    person.type("Asked the carrier; they answer until noon.")
    page.wait_for_timeout(7000)  # until the words at the edge are gone
    page.screenshot(path=where / "desk.png")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    page.screenshot(path=where / "desk-dark.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=where / "desk-phone.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    make_overdue(*[party["interaction"] for party in alice.parties() if party["queue"] == SUPPORT])
    revoke_due()
    person.sees(".gone-banner")
    page.wait_for_timeout(1000)
    page.screenshot(path=where / "desk-taken-back.png")
