"""Deletes from the event log: sessions that ended, then month by month what was stopped, the oldest first.

A month that nobody needs goes as a whole, and from any other the lives that have come to their end, with
what they have in later months. As no later month is touched before, it is always the end of a life that is
left of it: the end says that the rest may be missing.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection

from interactions.sql import Params, fetch_all, fetch_one, run
from interactions.statements.locks import read_now
from reporting.partitions import TABLE, Month, months

BATCH = 200  # lives in one transaction: some tens of milliseconds
ATTEMPTS, PAUSE = 20, 1.0  # while somebody reads the log for long
NOT_AVAILABLE = "55P03"  # a lock, for as long as lock_timeout
REMADE = -1  # months from the present: partitions.provide would make it anew

_STOPPED = f"""
    SELECT DISTINCT interaction FROM {TABLE}
    WHERE event = 'EventProcessingStopped' AND at >= %(begin)s AND at < %(before)s
"""
_ENDED = f"""
    SELECT DISTINCT session FROM {TABLE}
    WHERE interaction IS NULL AND event = 'EventAgentLogout' AND at >= %(begin)s AND at < %(before)s
"""
_COUNT = f"""
    SELECT count(*), count(*) FILTER (
        WHERE stopped.interaction IS NOT NULL OR ended.session IS NOT NULL
            OR (e.interaction IS NULL AND e.session IS NULL)
    )
    FROM {{month}} e
    LEFT JOIN ({_STOPPED}) stopped ON stopped.interaction = e.interaction
    LEFT JOIN ({_ENDED}) ended ON e.interaction IS NULL AND ended.session = e.session
"""
_LIVES = f"SELECT DISTINCT interaction FROM {{month}} WHERE interaction IN ({_STOPPED})"
_SESSIONS = f"""
    SELECT array_agg(id) FROM {TABLE}
    WHERE interaction IS NULL AND session IN ({_ENDED}) AND at < %(before)s GROUP BY session
"""
_PENDING = """
    SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
    WHERE inhparent = 'reporting_event'::regclass AND inhdetachpending
"""
_DETACHED = r"""
    SELECT relname FROM pg_class c
    WHERE relkind = 'r' AND relname ~ '^reporting_event_\d+_\d\d$' AND pg_table_is_visible(c.oid)
        AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid)
"""


class Busy(Exception):
    """Who reads the log for long keeps a month from being dropped."""

    def __str__(self) -> str:
        return "somebody reads the event log, and a month of it could not be dropped meanwhile: purge again"


def months_before(before: datetime) -> list[Month]:
    return [month for month in months() if month.begins_at < before]


def may_be_dropped(month: Month, before: datetime) -> bool:
    """As far as its time goes."""
    return month.plus(1).begins_at <= before and month < Month.of(read_now()).plus(REMADE)


def count(month: Month, before: datetime) -> tuple[int, int]:
    """Its events, and those that may go."""
    params = {"begin": month.begins_at, "before": before}
    row = fetch_one(_COUNT.format(month=month.partition), params)
    assert row is not None
    return row[0], row[1]


def delete_sessions(before: datetime) -> Iterator[int]:
    """Log-ins and log-outs of sessions that ended before."""
    for batch in _batches(_SESSIONS, {"begin": datetime.min.replace(tzinfo=before.tzinfo), "before": before}):
        ids = [id for events in batch for id in events]
        yield run(
            f"DELETE FROM {TABLE} WHERE id = ANY(%(ids)s::bigint[]) AND at < %(before)s",
            {"ids": ids, "before": before},
        )


def delete(month: Month, before: datetime) -> Iterator[int]:
    """Lives of the month that were stopped before, with what they have in later ones."""
    params = {"begin": month.begins_at, "before": before}
    for batch in _batches(_LIVES.format(month=month.partition), params):
        yield run(
            f"DELETE FROM {TABLE} WHERE interaction = ANY(%(ids)s::bigint[]) AND at < %(before)s",
            {"ids": batch, "before": before},
        )


def _batches(statement: str, params: Params) -> Iterator[list[Any]]:
    """From a cursor that needs no transaction: the list is kept by the server."""
    connection.ensure_connection()
    with connection.connection.cursor(name="going", withhold=True) as cursor:
        cursor.itersize = BATCH
        cursor.execute(statement, params)
        while rows := cursor.fetchmany(BATCH):
            yield [value for (value,) in rows]


def drop(month: Month) -> None:
    """Nobody waits for it, and it waits for those who are reading. Errors: Busy."""
    _patiently(lambda: _detach(month))
    _patiently(_drop_detached)


def finish_dropping() -> None:
    """What a purge that was interrupted has left. Errors: Busy."""
    _patiently(_finalize)
    _patiently(_drop_detached)


def _detach(month: Month) -> None:
    if not _finalize():  # of an attempt that had begun
        run(f"ALTER TABLE {TABLE} DETACH PARTITION {month.partition} CONCURRENTLY")


def _finalize() -> bool:
    pending = fetch_all(_PENDING)
    for (name,) in pending:
        run(f"ALTER TABLE {TABLE} DETACH PARTITION {name} FINALIZE")
    return bool(pending)


def _drop_detached() -> None:
    for (name,) in fetch_all(_DETACHED):
        run(f"DROP TABLE {name}")


def _patiently(act: Callable[[], object]) -> None:
    """Again and again, each time for as long as lock_timeout lets it wait."""
    for _ in range(ATTEMPTS):
        try:
            act()
            return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != NOT_AVAILABLE:
                raise
        time.sleep(PAUSE)
    raise Busy
