"""Run one statement and get its rows."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

Params = Mapping[str, Any]

BIGGEST_ID = 2**63 - 1  # a bigint


def fetch_all(statement: str, params: Params | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def fetch_one(statement: str, params: Params | None = None) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()


def run(statement: str, params: Params | None = None) -> int:
    """The number of rows the statement touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount
