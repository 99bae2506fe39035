"""What is sent to PostgreSQL, and how it is done there."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

BIG = re.compile(r"Seq Scan on (interactions_interaction|interactions_party|reporting_event)\b")


def plans_of(act: Callable[[], Any]) -> list[tuple[str, list[str]]]:
    """Each statement and its plan, as it was carried out."""
    act()  # once before, so that caches are warm
    plans: list[tuple[str, list[str]]] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.split(None, 1)[0] in ("SELECT", "WITH", "INSERT", "UPDATE"):
            with transaction.atomic(), connection.connection.cursor() as cursor:
                rows = cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params).fetchall()
                transaction.set_rollback(True)
            plans.append((sql, [line for (line,) in rows]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        act()
    return plans


def took(lines: list[str]) -> float:
    """Milliseconds of carrying it out."""
    return float(next(line for line in lines if line.startswith("Execution Time")).split()[2])


def big_scans(lines: list[str]) -> list[str]:
    return sorted({match.group(0) for line in lines if (match := BIG.search(line))})
