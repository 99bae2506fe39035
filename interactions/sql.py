"""Run one statement and get its rows."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, InterfaceError, InternalError, OperationalError, connections

R = TypeVar("R")
Params = Mapping[str, Any]

BIGGEST_ID = 2**63 - 1  # a bigint
READ_ONLY = "25006"
# To psycopg these are errors inside PostgreSQL: it takes no changes, for it has become a standby; it has cut
# off who stood still amid a transaction, or took too long for one.
AWAY = {READ_ONLY, "25P03", "25P04"}


def fetch_all(statement: str, params: Params | None = None) -> list[tuple[Any, ...]]:
    return _run(statement, params, lambda cursor: cursor.fetchall())


def fetch_one(statement: str, params: Params | None = None) -> tuple[Any, ...] | None:
    return _run(statement, params, lambda cursor: cursor.fetchone())


def fetch_value(statement: str, params: Params | None = None) -> Any:
    """The one column of the one row."""
    [(value,)] = fetch_all(statement, params)
    return value


def run(statement: str, params: Params | None = None) -> int:
    """The number of rows the statement touched."""
    return _run(statement, params, lambda cursor: cursor.rowcount)


def _run(statement: str, params: Params | None, take: Callable[[Any], R]) -> R:
    """Django's cursors cost a tenth of a keep-alive: they are used where somebody listens in on them. What
    else they see to is seen to here.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.execute_wrappers or connection.queries_logged:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return take(cursor)
    connection.close_if_health_check_failed()
    if connection.connection is None:
        connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        return take(connection.connection.execute(statement, params))


def sqlstate(error: Exception) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def is_away(error: Exception) -> bool:
    """Whether it says that the database cannot be had now, and may be had later."""
    if isinstance(error, InternalError):
        return sqlstate(error) in AWAY
    return isinstance(error, OperationalError | InterfaceError)


def is_id(text: str) -> bool:
    """Whether it may be that of a row."""
    return re.fullmatch("[0-9]{1,19}", text) is not None and int(text) <= BIGGEST_ID
