"""After a scene no row of it is left, whatever it has done to sessions of the database."""

import pytest
from django.db import connection
from psycopg.errors import LockNotAvailable

from interactions.models import Queue
from interactions.sql import run
from tests import cast, tables
from tests.applications import SUPPORT
from tests.crowd import another_connection
from tests.fixtures import clear

pytestmark = pytest.mark.django_db(transaction=True)


def rows() -> list[str]:
    return [row for rows in tables.rows().values() for row in rows]


def sweeper() -> int:
    """Its session."""
    return tables.sweeper.enter().info.backend_pid


@pytest.fixture
def floor() -> None:
    cast.queue(SUPPORT, cast.TEAM)
    cast.agent("alice", cast.TEAM)


def test_no_row_is_left(floor: None) -> None:
    before = sweeper()
    assert rows() != []
    clear()
    assert rows() == []
    assert sweeper() == before


def test_a_lock_that_is_left_is_in_nobodys_way(floor: None) -> None:
    connection.set_autocommit(False)
    list(Queue.objects.select_for_update())
    clear()
    assert rows() == []


def test_one_that_another_keeps_is_said(floor: None) -> None:
    """The twin."""
    tables.sweeper.enter().execute("SET lock_timeout = '100ms'")
    with another_connection() as other:
        other.execute("SELECT FROM interactions_queue FOR UPDATE")
        with pytest.raises(LockNotAvailable):
            clear()
    tables.sweeper.enter().execute("RESET lock_timeout")
    assert rows() != []


def test_though_all_sessions_were_ended(floor: None) -> None:
    before = sweeper()
    run("SELECT pg_terminate_backend(%(pid)s, 20000)", {"pid": before})
    clear()
    assert rows() == []
    assert sweeper() != before
