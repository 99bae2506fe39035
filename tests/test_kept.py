"""A scene finds nothing of those before it in the session that it goes on with."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError, connection

from interactions.sql import fetch_value, run
from tests import kept
from tests.crowd import another_connection

pytestmark = pytest.mark.django_db(transaction=True)

LEFT = {
    "SET lock_timeout = '1h'": "SELECT current_setting('lock_timeout') = '1h'",
    "LISTEN something": "SELECT EXISTS (SELECT pg_listening_channels())",
    "SELECT pg_advisory_lock(1)": "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')",
    "CREATE TEMPORARY TABLE mine ()": "SELECT to_regclass('mine') IS NOT NULL",
    "PREPARE mine AS SELECT 1": "SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'mine')",
}


def session() -> int:
    pid: int = fetch_value("SELECT pg_backend_pid()")
    return pid


def is_there(sign: str) -> bool:
    """Asked outside of what is prepared."""
    found: Any = connection.connection.execute(sign, prepare=False).fetchone()
    return bool(found[0])


@pytest.mark.parametrize(("act", "sign"), LEFT.items())
def test_what_a_scene_leaves_is_gone(act: str, sign: str) -> None:
    before = session()
    run(act)
    assert is_there(sign)
    kept.leave(connection)
    assert session() == before
    assert not is_there(sign)


def test_a_transaction_that_is_left_open_is_rolled_back() -> None:
    before = session()
    connection.set_autocommit(False)
    run("CREATE TABLE mine ()")
    kept.leave(connection)
    assert session() == before
    assert connection.get_autocommit()
    assert not is_there("SELECT to_regclass('mine') IS NOT NULL")


def test_one_that_was_ended_is_not_gone_on_with() -> None:
    """While a scene had it, or while nobody did."""
    before = session()
    with pytest.raises(OperationalError):
        run("SELECT pg_terminate_backend(pg_backend_pid())")
    kept.leave(connection)
    second = session()
    kept.leave(connection)
    with another_connection() as other:
        other.execute("SELECT pg_terminate_backend(%s, 20000)", [second])
    assert session() not in (before, second)


def test_nor_one_of_other_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    before = session()
    kept.leave(connection)
    with monkeypatch.context() as patch:
        options = connection.settings_dict["OPTIONS"] | {"application_name": "another"}
        patch.setitem(connection.settings_dict, "OPTIONS", options)
        assert session() != before
        connection.close()
    assert session() == before


def test_in_an_event_loop_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Playwright keeps one in the thread of its scenes. Django has another wrapper there."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

    async def scene() -> int:
        inside = session()
        kept.leave(connection)
        return inside

    before = session()
    kept.leave(connection)
    assert asyncio.run(scene()) == before == session()


def test_no_more_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 0)
    session()
    held = connection.connection
    kept.leave(connection)
    assert held.closed
