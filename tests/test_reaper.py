"""The safety net goes on, whatever it falls over."""

import logging
import threading
import time
from typing import Any

import pytest

from interactions import signals
from interactions.models import Party
from interactions.reaper import BREATH, EVERY, Reaper
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


class Remembering(threading.Event):
    """For how long it was waited for, each time."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0.0)
        return super().wait(timeout)


def test_a_look_that_is_held_up_does_not_hold_up_the_next(alice: Desk) -> None:
    """As a broker does that says nothing: what falls due meanwhile would be late by that and by the pause."""
    cast.fill(1)
    make_overdue(alice.take()["interaction"])

    def dawdle(**_: Any) -> None:
        time.sleep(EVERY)

    reaper = Reaper()
    reaper._stopping = stopping = Remembering()
    signals.revoked.connect(dawdle)
    try:
        reaper.start()
        until(lambda: len(stopping.pauses) > 2)
    finally:
        signals.revoked.disconnect(dawdle)
        reaper.stop()
    first, after_a_slow_look, after_a_quick_one, *_ = stopping.pauses
    assert first == EVERY
    assert after_a_slow_look == BREATH
    assert BREATH <= after_a_quick_one < EVERY
    assert not Party.objects.filter(ended_at=None).exists()
