"""A task that finds no database is left to a later one, and leaves nothing in the worker's memory."""

import gc
import logging
import sys
from typing import Any

import pytest
from celery import Celery
from django.db import connection

from config.celery import app
from config.logs import Seldom
from interactions.hints import Hint
from reporting.tasks import project

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 10


def lose_connection() -> None:
    connection.close()
    connection.ensure_connection()
    connection.connection.close()


def left_by(task: Any) -> int:
    """Blocks of memory, each time it fails, that are there until the collector comes."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(TIMES):
            lose_connection()
            task.apply()
        connection.close()
        before = sys.getallocatedblocks()
        gc.collect()
        return (before - sys.getallocatedblocks()) // TIMES
    finally:
        gc.enable()


def test_it_is_done_by_a_later_one(caplog: pytest.LogCaptureFixture) -> None:
    """It has not failed, and says once a minute why it was not done."""
    lose_connection()
    with caplog.at_level(logging.WARNING):
        assert [project.apply().state for _ in range(2)] == ["SUCCESS"] * 2
    seldom = Seldom()
    [told] = [record.getMessage() for record in caplog.records if seldom.filter(record)]
    assert told == "reporting.tasks.project is left to a later one: the connection is closed"
    connection.close()
    assert project.apply().state == "SUCCESS"


def test_it_leaves_nothing_in_memory() -> None:
    """Its twin, which fails as Celery's own tasks do, leaves copies of all frames."""
    twin = Celery("twin", set_as_current=False).task(project.run)
    assert 2 * left_by(project) < left_by(twin)


def test_all_tasks_are_hints() -> None:
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert ours and all(isinstance(task, Hint) for task in ours.values())
