"""The event log's partitions: one for each month of UTC.

Whole months can be dropped without a trace, and a span of time is read from its months alone. A writer
must never find that its month is missing, so they are made long before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from interactions.sql import fetch_all, run
from interactions.statements.locks import read_now

TABLE = "reporting_event"
AHEAD = 6  # months
SELDOM = 0x776F726B  # the advisory lock of whoever makes partitions

_NAMES = """
    SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
    WHERE inhparent = 'reporting_event'::regclass ORDER BY 1
"""


@dataclass(frozen=True, order=True, slots=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        at = at.astimezone(UTC)
        return cls(at.year, at.month)

    @classmethod
    def named(cls, partition: str) -> "Month":
        year, month = partition.removeprefix(f"{TABLE}_").split("_")
        return cls(int(year), int(month))

    @property
    def partition(self) -> str:
        return f"{TABLE}_{self.year:04}_{self.month:02}"

    @property
    def begins_at(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    def plus(self, months: int) -> "Month":
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)


def months() -> list[Month]:
    """Those that have a partition, the oldest first."""
    return [Month.named(name) for (name,) in fetch_all(_NAMES)]


def months_ahead() -> int:
    """How many whole months have their partitions already. Below 0, nothing can be written."""
    last, present = max(months(), default=Month(0, 1)), Month.of(read_now())
    return (last.year - present.year) * 12 + last.month - present.month


def provide(since: datetime | None = None) -> list[Month]:
    """Make those that are missing from the month before the present, or that of `since`, to AHEAD months
    after it. Returns what was made.

    Writers and readers go on meanwhile: a table is made by itself and attached, which excludes neither.
    """
    with transaction.atomic():
        run("SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": SELDOM})
        now = read_now()
        first = min(Month.of(now).plus(-1), Month.of(since or now))
        missing = sorted(set(_from(first, Month.of(now).plus(AHEAD))) - set(months()))
        for month in missing:
            _make(month)
    return missing


def _from(first: Month, last: Month) -> Iterator[Month]:
    while first <= last:
        yield first
        first = first.plus(1)


def _make(month: Month) -> None:
    span = {"begin": month.begins_at.isoformat(), "end": month.plus(1).begins_at.isoformat()}
    run(f"CREATE TABLE {month.partition} (LIKE {TABLE} INCLUDING DEFAULTS)")
    run(
        f"""ALTER TABLE {TABLE} ATTACH PARTITION {month.partition}
            FOR VALUES FROM ('{span["begin"]}') TO ('{span["end"]}')"""
    )


def provide_after_migrate(**_: Any) -> None:
    """Not where the migrations have gone only as far as the table that it was before."""
    if fetch_all("SELECT FROM pg_partitioned_table WHERE partrelid = to_regclass('reporting_event')"):
        provide()
