"""Beat goes on when its host's clock is set back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import celery.beat
import pytest
import time_machine
from django.conf import settings
from redis import Redis

import config.beat
from config.celery import app

HOUR = 3600


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What is sent here is for nobody."""
    yield
    Redis.from_url(settings.REDIS_URL).flushdb()


def send_due(scheduler: celery.beat.Scheduler) -> int:
    """How often it has sent one of its tasks by now."""
    while not scheduler.tick():
        pass
    return int(scheduler.schedule["project"].total_run_count)


def sent_after_it_was_set_back(kind: type[celery.beat.Scheduler]) -> list[int]:
    with time_machine.travel(datetime.now(UTC)) as clock:
        scheduler = kind(app=app)
        sent = [send_due(scheduler)]
        for seconds in (6, -HOUR, 6, 6):
            clock.shift(seconds)
            sent.append(send_due(scheduler))
        return sent


def test_set_back_by_an_hour() -> None:
    assert sent_after_it_was_set_back(config.beat.Scheduler) == [0, 1, 1, 2, 3]


def test_celerys_own_waits_for_an_hour() -> None:
    """The twin."""
    assert sent_after_it_was_set_back(celery.beat.Scheduler) == [0, 1, 1, 1, 1]


def test_what_beat_sends_outlives_wrong_clocks() -> None:
    """It expires by the sender's clock and is dropped by the receiver's, and each may be off by an hour."""
    assert settings.STALE > 2 * HOUR
    assert {entry["options"]["expires"] for entry in app.conf.beat_schedule.values()} == {settings.STALE}
