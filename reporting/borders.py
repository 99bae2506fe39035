"""Where in the event log a moment lies: the ids that a span of time bounds.

Ids and times run together, but for the length of a command and a clock that is set. A page that begins at
some moment would walk the month's ids up to it, and one that ends at some moment all ids behind it. So a
neighbour of the moment is looked up, and then what lies on the wrong side of the neighbour: little or
nothing, in the few blocks that the BRIN on (at, id) leaves. What is found is exact whatever the clock did.
"""

from datetime import datetime

from django.db import transaction

from interactions.sql import BIGGEST_ID, fetch_one, run

# Any other way to these rows reads all that lies on one side of the moment, and the planner, who takes ids
# and times for independent, cannot know better.
_BY_BRIN = """
    SELECT set_config(name, 'off', true) FROM unnest(ARRAY[
        'enable_seqscan', 'enable_indexscan', 'enable_indexonlyscan'
    ]) AS name
    UNION ALL SELECT set_config('max_parallel_workers_per_gather', '0', true)
"""
_NEXT = "SELECT id FROM reporting_event WHERE at >= %(at)s ORDER BY at LIMIT 1"
_LAST = "SELECT id FROM reporting_event WHERE at < %(at)s ORDER BY at DESC LIMIT 1"

# `id + 0`, for the least of an indexed column would be sought along its index.
_FIRST_SINCE = "SELECT min(id + 0) FROM reporting_event WHERE at >= %(at)s AND id <= %(neighbour)s"
_LAST_BEFORE = "SELECT max(id + 0) FROM reporting_event WHERE at < %(at)s AND id >= %(neighbour)s"


def first_since(at: datetime, first: int) -> int:
    """From where to read what happened at or after the moment: `first`, or an id behind."""
    neighbour = _id(_NEXT, at=at)
    if neighbour is None:
        return BIGGEST_ID + 1
    return max(first, _exactly(_FIRST_SINCE, at, neighbour)) if neighbour > first else first


def last_before(at: datetime, last: int) -> int:
    """Up to where to read what happened before the moment: `last`, or an id before."""
    neighbour = _id(_LAST, at=at)
    if neighbour is None:
        return 0
    return min(last, _exactly(_LAST_BEFORE, at, neighbour)) if neighbour < last else last


def _exactly(statement: str, at: datetime, neighbour: int) -> int:
    with transaction.atomic():
        run(_BY_BRIN)
        return _id(statement, at=at, neighbour=neighbour) or neighbour


def _id(statement: str, **params: object) -> int | None:
    row = fetch_one(statement, params)
    return row[0] if row else None
