"""Readers with a cursor never miss and never repeat, though ids commit out of order."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from interactions import horizon
from interactions.errors import Unavailable
from interactions.horizon import Horizon
from reporting.models import Event
from tests.applications import Desk, Log
from tests.crowd import another_connection, crowd
from tests.writers import TAKE_A_NUMBER, check, write_event, write_in_a_crowd, write_letter

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 20.0


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


def test_a_reader_waits_for_a_writer_that_ends_soon(
    followed: tuple[Callable[..., int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write, read = followed
    monkeypatch.setattr(horizon, "PATIENCE", LONG)
    with another_connection() as writer, crowd() as people:
        writer.execute(TAKE_A_NUMBER)
        write(writer, "soon")
        reading = people.start(read)
        time.sleep(0.25)
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


def test_transactions_that_only_read_keep_nobody_waiting(
    followed: tuple[Callable[..., int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the reader would give up, and promise nothing beyond."""
    monkeypatch.setattr(horizon, "PATIENCE", LONG)
    write, read = followed
    with another_connection() as reader, another_connection() as writer:
        reader.execute("SELECT * FROM reporting_event")
        write(writer, "done")
        writer.commit()
        assert read() == ["done"]


def test_many_writers(followed: tuple[Callable[..., int], Any]) -> None:
    write, read = followed
    seen: list[str] = []

    def be_a_reader() -> None:
        give_up_at = time.monotonic() + 1.5
        while time.monotonic() < give_up_at:
            seen.extend(read())

    written = write_in_a_crowd(write, 16, 12, be_a_reader)
    seen.extend(read())
    check(seen, written)


def test_many_writers_and_a_naive_reader(alice: Desk) -> None:
    """The twin: what has committed beyond the last id seen."""
    seen: list[tuple[int, str]] = [(0, "")]
    newest = Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0

    def be_a_reader() -> None:
        give_up_at = time.monotonic() + 1.5
        while time.monotonic() < give_up_at:
            new = Event.objects.filter(id__gt=max(newest, seen[-1][0])).order_by("id")
            seen.extend(new.values_list("id", "event"))

    written = write_in_a_crowd(write_event, 16, 12, be_a_reader)
    assert len(seen) - 1 < sum(map(len, written))
