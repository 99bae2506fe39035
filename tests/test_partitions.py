"""The log's months: made long before they are needed, and beside everyone at work."""

import functools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from interactions.sql import fetch_all, run
from reporting import partitions, tasks
from reporting.models import Event
from reporting.partitions import AHEAD, Month
from tests import cast
from tests.applications import Log
from tests.crowd import another_connection, at_once
from tests.writers import write_event

pytestmark = pytest.mark.django_db(transaction=True)

_EVENT = """
    INSERT INTO reporting_event (event, at, actor, attributes)
    VALUES (%s, %s, '{"kind": "timer", "name": ""}', '{}')
"""


@pytest.fixture
def present() -> Month:
    [(now,)] = fetch_all("SELECT clock_timestamp()")
    return Month.of(now)


def drop(*months: Month) -> None:
    for month in months:
        run(f"DROP TABLE {month.partition}")


@pytest.fixture(autouse=True)
def as_before(db: None) -> Iterator[None]:
    yield
    partitions.provide()


def test_a_year_turns() -> None:
    december = Month(2026, 12)
    assert (december.plus(1), december.plus(-12), december.plus(13)) == (
        Month(2027, 1),
        Month(2025, 12),
        Month(2028, 1),
    )
    assert Month(2027, 1).plus(-1) == december
    assert december.partition == "reporting_event_2026_12"
    assert Month.named(december.partition) == december
    assert december.plus(1).begins_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert Month.of(datetime.fromisoformat("2027-01-01T00:30:00+01:00")) == december


def test_months_are_there_ahead_and_before(present: Month) -> None:
    assert partitions.provide() == []
    found = partitions.months()
    assert found == [found[0].plus(number) for number in range(len(found))]
    assert found[0] <= present.plus(-1)
    assert found[-1] == present.plus(AHEAD)


def test_what_is_missing_is_made(present: Month) -> None:
    drop(present.plus(2), present.plus(AHEAD))
    tasks.provide_partitions()
    assert partitions.months()[-1] == present.plus(AHEAD)
    assert present.plus(2) in partitions.months()


def test_since_long_ago(present: Month) -> None:
    """For imported or restored events: every month between then and the present."""
    since = present.plus(-14)
    made = partitions.provide(since.begins_at)
    try:
        assert made[0] == since
        assert partitions.months()[0] == since
        assert len(partitions.months()) == 14 + 1 + AHEAD
        with another_connection() as writer:
            writer.execute(_EVENT, ["Old", since.begins_at])
            writer.commit()
        [old] = Event.objects.filter(event="Old")
        [(table,)] = fetch_all("SELECT tableoid::regclass::text FROM reporting_event WHERE event = 'Old'")
        assert (old.at, table) == (since.begins_at, since.partition)
    finally:
        drop(*(month for month in made if month < present.plus(-1)))


def test_each_event_lies_in_its_month(present: Month) -> None:
    """The first instant of a month belongs to it, the last before it does not."""
    begin = present.plus(1).begins_at
    with another_connection() as writer:
        for name, at in (("last", begin - timedelta(microseconds=1)), ("first", begin)):
            writer.execute(_EVENT, [name, at])
        writer.commit()
    found = dict(fetch_all("SELECT event, tableoid::regclass::text FROM reporting_event"))
    assert found == {"last": present.partition, "first": present.plus(1).partition}


def test_a_month_without_partition_is_refused(present: Month) -> None:
    missing = present.plus(AHEAD + 1)
    with (
        another_connection() as writer,
        pytest.raises(psycopg.errors.CheckViolation, match="no partition of relation"),
    ):
        writer.execute(_EVENT, ["Late", missing.begins_at])


def test_two_at_once(present: Month) -> None:
    drop(*(present.plus(number) for number in range(1, AHEAD + 1)))
    made: list[list[Month]] = []
    at_once(*[lambda: made.append(partitions.provide())] * 3)
    assert sorted(map(len, made)) == [0, 0, AHEAD]
    assert partitions.months()[-1] == present.plus(AHEAD)


def test_readers_and_writers_go_on_meanwhile(present: Month, support: str, log: Log) -> None:
    """A report that reads for long and a writer amid a command: neither waits, nor is waited for."""
    drop(present.plus(AHEAD))
    with another_connection() as reader, another_connection() as writer, another_connection() as late:
        reader.execute("SELECT count(*) FROM reporting_event")
        write_event(writer, "begun")
        assert partitions.provide() == [present.plus(AHEAD)]
        write_event(late, "later")
        late.commit()
        reader.execute("SELECT count(*) FROM reporting_event")
        writer.commit()
    cast.fill(1)
    names = [event["event"] for event in log.new()]
    assert names[-4:] == ["begun", "later", "EventInteractionSubmitted", "EventPlacedInQueue"]


def test_a_month_being_attached_holds_nobody_up(present: Month) -> None:
    """While its transaction is open, others write to other months and read."""
    drop(present.plus(AHEAD))
    month = present.plus(AHEAD)
    with another_connection() as maker, another_connection() as writer:
        maker.execute(f"CREATE TABLE {month.partition} (LIKE reporting_event INCLUDING DEFAULTS)")
        maker.execute(
            f"ALTER TABLE reporting_event ATTACH PARTITION {month.partition} FOR VALUES FROM "
            f"('{month.begins_at.isoformat()}') TO ('{month.plus(1).begins_at.isoformat()}')"
        )
        writer.execute("SET lock_timeout = '1s'")
        write_event(writer, "meanwhile")
        writer.commit()
        writer.execute("SELECT count(*) FROM reporting_event")
        maker.commit()
    assert month in partitions.months()


def test_an_exclusive_lock_would(present: Month) -> None:
    """The twin: what a partition made in place takes."""
    drop(present.plus(AHEAD))
    month = present.plus(AHEAD)
    with another_connection() as maker, another_connection() as writer:
        maker.execute(
            f"CREATE TABLE {month.partition} PARTITION OF reporting_event FOR VALUES FROM "
            f"('{month.begins_at.isoformat()}') TO ('{month.plus(1).begins_at.isoformat()}')"
        )
        writer.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            write_event(writer, "meanwhile")
        maker.rollback()


@pytest.fixture
def scratch() -> Iterator[Any]:
    """A database of its own in the same server, as `default` while the scene lasts."""
    name, ours = "scratch", connection.settings_dict["NAME"]
    connection.close()
    with another_connection() as server:
        server.commit()
        server.autocommit = True
        server.execute(f"CREATE DATABASE {name}")
        try:
            connection.settings_dict["NAME"] = name
            run("SET idle_in_transaction_session_timeout = 0")  # a busy machine leaves migrations standing
            yield functools.partial(call_command, "migrate", verbosity=0)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = ours
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_log_that_was_one_table(scratch: Any, present: Month) -> None:
    """Its events, their ids and the next id stay as they are, also behind an id that was rolled back."""
    scratch("reporting", "0001")
    long_ago, lately = present.plus(-13).begins_at, present.begins_at
    for name, at in (("old", long_ago), ("border", lately - timedelta(microseconds=1)), ("new", lately)):
        run(
            """INSERT INTO reporting_event (event, at, actor, attributes)
               VALUES (%(name)s, %(at)s, '{"kind": "timer", "name": ""}', '{"a": 1}')""",
            {"name": name, "at": at},
        )
    run("SELECT nextval('reporting_event_id_seq')")
    before = fetch_all("SELECT * FROM reporting_event ORDER BY id")
    scratch()
    assert fetch_all("SELECT * FROM reporting_event ORDER BY id") == before
    tables = fetch_all("SELECT tableoid::regclass::text FROM reporting_event ORDER BY id")
    assert [Month.named(table) for (table,) in tables] == [present.plus(-13), present.plus(-1), present]
    run(_EVENT.replace("%s, %s", "'next', now()"))
    assert Event.objects.get(event="next").pk == before[-1][0] + 2
    assert partitions.provide() == []
    assert partitions.months()[-1] == present.plus(AHEAD)


def test_an_empty_log_that_was_one_table(scratch: Any) -> None:
    scratch()
    run(_EVENT.replace("%s, %s", "'first', now()"))
    assert Event.objects.get(event="first").pk == 1
