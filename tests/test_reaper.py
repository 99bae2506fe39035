"""The safety net goes on, whatever it falls over."""

import logging
import time
from typing import Any

import pytest

from interactions import signals
from interactions.models import Party
from interactions.reaper import EVERY, Reaper
from tests import cast
from tests.applications import Desk
from tests.clock import make_overdue
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_error_in_a_receiver(alice: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """It is told once, and when it has gone what is due is revoked."""
    cast.fill(1)
    make_overdue(alice.take()["interaction"])

    def fail(**_: Any) -> None:
        raise RuntimeError("out of order")

    reaper = Reaper()
    signals.revoked.connect(fail)
    try:
        reaper.start()
        with caplog.at_level(logging.INFO, "interactions.reaper"):
            until(lambda: caplog.records)
            time.sleep(3 * EVERY)
            assert [record.message for record in caplog.records] == ["The reaper failed: it goes on trying."]
            assert Party.objects.filter(ended_at=None).exists()
            signals.revoked.disconnect(fail)
            until(lambda: not Party.objects.filter(ended_at=None).exists())
    finally:
        signals.revoked.disconnect(fail)
        reaper.stop()
    assert [letter["event"] for letter in alice.mail()] == ["EventRevoked"]
