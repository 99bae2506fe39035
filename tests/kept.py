"""Sessions of PostgreSQL that scenes have left, for those after them. A new one has to learn all tables and
statements, and that costs more than most scenes do."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg.pq import ExecStatus

Params = dict[str, Any]
Session = psycopg.Connection[Any]

MOST = 20
_left: list[tuple[Params, Session]] = []
_are_kept = threading.Event()


@contextlib.contextmanager
def sessions() -> Iterator[None]:
    """They are kept as long as the block lasts: a database with somebody in it cannot be dropped."""
    connect = DatabaseWrapper.get_new_connection
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            DatabaseWrapper,
            "get_new_connection",
            lambda wrapper, params: take(params) or connect(wrapper, params),
        )
        _are_kept.set()
        yield
        _are_kept.clear()
    while _left:
        _left.pop()[1].close()


def take(params: Params) -> Session | None:
    """The last, for whichever thread or event loop asks: each has a wrapper of its own."""
    for one in [one for one in reversed(_left) if one[0] == params]:
        with contextlib.suppress(ValueError, psycopg.Error):  # another thread was faster; or it was ended
            _left.remove(one)
            one[1].execute("SELECT")
            return one[1]
    return None


def leave(wrapper: BaseDatabaseWrapper) -> None:
    """Its session is as if it were new. One that the scene has broken is closed."""
    session = wrapper.connection
    if session and _are_kept.is_set() and len(_left) < MOST and is_reset(session):
        wrapper.connection = None
        _left.append((wrapper.get_connection_params(), session))
    wrapper.close()


def is_reset(session: Session) -> bool:
    with contextlib.suppress(psycopg.Error):
        session.rollback()
        session.autocommit = True
        with session.transaction(force_rollback=True):  # psycopg, too, forgets what is prepared
            pass
        return session.pgconn.exec_(b"DISCARD ALL").status == ExecStatus.COMMAND_OK
    return False
