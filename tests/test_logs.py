"""The log says a thing once, and nothing of what clients made up."""

import logging
import sys

import pytest
from django.db import OperationalError

from config.logs import Brief, Seldom


def record(logger: str, text: str, level: int = logging.ERROR, **args: str) -> logging.LogRecord:
    return logging.LogRecord(logger, level, __file__, 1, text, (args,) if args else None, None)


def test_a_lost_broker_is_told_once_a_minute() -> None:
    seldom = Seldom()
    lost = "Cannot connect to %s: trying again"
    told = [seldom.filter(record("celery.worker.consumer", lost)) for _ in range(5)]
    assert told == [True, False, False, False, False]
    assert seldom.filter(record("celery.worker.consumer", "something else"))
    seldom.said = {what: at - 61 for what, at in seldom.said.items()}
    assert seldom.filter(record("celery.worker.consumer", lost))


def test_what_is_no_http_is_told_once_a_minute() -> None:
    """And an error of the application each time."""
    seldom = Seldom()
    noise = record("uvicorn.error", "Invalid HTTP request received.", logging.WARNING)
    assert [seldom.filter(noise) for _ in range(3)] == [True, False, False]
    assert all(seldom.filter(record("uvicorn.error", "Exception in ASGI application")) for _ in range(3))


def test_our_own_words_are_never_held_back() -> None:
    """The twin."""
    seldom = Seldom()
    assert all(seldom.filter(record("interactions.timers", "The broker does not answer")) for _ in range(3))
    assert all(seldom.filter(record("celery.task", "done", logging.INFO)) for _ in range(3))


def test_of_two_tasks_that_fail_each_is_told() -> None:
    seldom = Seldom()
    failed = [record("celery.app.trace", "Task %(name)s failed", name=name) for name in ("a", "a", "b")]
    assert [seldom.filter(one) for one in failed] == [True, False, True]


@pytest.mark.parametrize(("error", "is_brief"), [(OperationalError, True), (ValueError, False)])
def test_a_task_whose_database_went_away_is_one_line(error: type[Exception], is_brief: bool) -> None:
    failed = record("celery.app.trace", "Task failed")
    failed.exc_info = (error, error("gone"), None)
    assert Brief().filter(failed)
    assert (failed.exc_info is None) is is_brief


def test_a_forged_host_leaves_no_trace() -> None:
    try:
        raise ValueError("evil.example")
    except ValueError:
        forged, ours = record("django.security.DisallowedHost", "Invalid"), record("django.request", "Error")
        forged.exc_info = ours.exc_info = sys.exc_info()
    for one in (forged, ours):
        assert Brief().filter(one)
    assert forged.exc_info is None
    assert ours.exc_info is not None
