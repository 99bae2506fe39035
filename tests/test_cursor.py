"""Readers with a cursor never miss and never repeat, though ids commit out of order."""

import functools
import random
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from interactions.errors import Unavailable
from interactions.horizon import PATIENCE, Horizon
from reporting.models import Event
from tests.applications import Desk, Log
from tests.crowd import another_connection, at_once, crowd

pytestmark = pytest.mark.django_db(transaction=True)

Writer = psycopg.Connection[Any]
TAKE_A_NUMBER = "SELECT pg_current_xact_id()"  # as a command's row locks do


def write_event(writer: Writer, name: str) -> int:
    row = writer.execute(
        """INSERT INTO reporting_event (event, at, actor, attributes)
           VALUES (%s, now(), '{}', '{}') RETURNING id""",
        [name],
    ).fetchone()
    assert row is not None
    return row[0]


def write_letter(writer: Writer, name: str) -> int:
    row = writer.execute(
        """INSERT INTO interactions_agentmessage (event, at, agent_id, body)
           SELECT %s, now(), id, '{}' FROM interactions_agent WHERE employee_id = 'A1' RETURNING id""",
        [name],
    ).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture(params=["log", "mailbox"])
def followed(request: pytest.FixtureRequest, alice: Desk, log: Log) -> tuple[Callable[..., int], Any]:
    """What writes a row, and what reads the names of the new ones over HTTP."""
    log.skip()
    if request.param == "log":
        return write_event, lambda: [event["event"] for event in log.new()]
    return write_letter, lambda: [letter["event"] for letter in alice.mail()]


@pytest.mark.parametrize("older", ["first", "second"])
def test_the_lower_id_commits_later(followed: tuple[Callable[..., int], Any], older: str) -> None:
    """Whichever of the two transactions is the older one."""
    write, read = followed
    with another_connection() as first, another_connection() as second:
        for writer in (first, second) if older == "first" else (second, first):
            writer.execute(TAKE_A_NUMBER)
        assert write(first, "lower") < write(second, "higher")
        second.commit()
        assert read() == []  # it waited, gave up, and promises nothing beyond
        first.commit()
        assert read() == ["lower", "higher"]
        assert read() == []


def test_a_naive_reader_misses_it(alice: Desk) -> None:
    """The twin: `id > cursor`."""
    seen: list[str] = []

    def read() -> None:
        new = Event.objects.filter(id__gt=cursor[-1]).order_by("id")
        cursor.extend(event.pk for event in new)
        seen.extend(event.event for event in new)

    cursor = [Event.objects.order_by("id").last().pk]  # type: ignore[union-attr]
    with another_connection() as first, another_connection() as second:
        assert write_event(first, "lower") < write_event(second, "higher")
        second.commit()
        read()
        first.commit()
        read()
    assert seen == ["higher"]


def test_a_writer_that_rolls_back_leaves_no_trace(followed: tuple[Callable[..., int], Any]) -> None:
    write, read = followed
    with another_connection() as first, another_connection() as second:
        write(first, "never")
        write(second, "higher")
        first.rollback()
        second.commit()
        assert read() == ["higher"]


def test_a_reader_waits_for_a_writer_that_ends_soon(followed: tuple[Callable[..., int], Any]) -> None:
    write, read = followed
    with another_connection() as writer, crowd() as people:
        writer.execute(TAKE_A_NUMBER)
        write(writer, "soon")
        reading = people.start(read)
        time.sleep(PATIENCE / 4)
        writer.commit()
        assert reading() == ["soon"]


def test_a_process_that_has_seen_nothing_final_promises_nothing(alice: Desk) -> None:
    """The start of the mailbox is no place to begin: what lies there was read long ago."""
    with another_connection() as writer:
        write_letter(writer, "late")
        fresh = Horizon("interactions_agentmessage")
        with pytest.raises(Unavailable):
            fresh.final()
        writer.rollback()
        assert fresh.final() == fresh.newest()


def test_a_writer_in_a_neighbours_database_keeps_nobody_waiting(
    followed: tuple[Callable[..., int], Any],
) -> None:
    """The twins with a writer in ours are above."""
    write, read = followed
    with another_connection(dbname="postgres") as neighbour, another_connection() as writer:
        neighbour.execute(TAKE_A_NUMBER)
        write(writer, "done")
        writer.commit()
        assert read() == ["done"]
        neighbour.rollback()


def test_transactions_that_only_read_keep_nobody_waiting(followed: tuple[Callable[..., int], Any]) -> None:
    write, read = followed
    with another_connection() as reader, another_connection() as writer:
        reader.execute("SELECT * FROM reporting_event")
        write(writer, "done")
        writer.commit()
        started_at = time.monotonic()
        assert read() == ["done"]
        assert time.monotonic() - started_at < PATIENCE / 2


def test_many_writers(followed: tuple[Callable[..., int], Any]) -> None:
    """Each holds its transaction open for a while at random, and some roll back."""
    write, read = followed
    seen: list[str] = []
    written: list[list[str]] = [[] for _ in range(6)]

    def be_a_writer(number: int) -> None:
        dice = random.Random(number)
        with another_connection() as writer:
            for turn in range(40):
                writer.execute(TAKE_A_NUMBER)
                names = [f"{number}.{turn}.{part}" for part in range(dice.randint(1, 3))]
                for name in names:
                    write(writer, name)
                    time.sleep(dice.random() * 0.008)
                if dice.random() < 0.2:
                    writer.rollback()
                else:
                    writer.commit()
                    written[number] += names

    def be_a_reader() -> None:
        give_up_at = time.monotonic() + 1.2
        while time.monotonic() < give_up_at:
            seen.extend(read())

    at_once(be_a_reader, *[functools.partial(be_a_writer, number) for number in range(6)])
    seen.extend(read())

    assert sorted(seen) == sorted(name for names in written for name in names)
    for number, names in enumerate(written):  # and each one's in its order
        assert [name for name in seen if name.startswith(f"{number}.")] == names
