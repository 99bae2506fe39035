"""A command: one transaction, one clock, one set of events.

Every command has the same beats: lock, now, guard, change, announce. What its signals' receivers want
to store is gathered in journals and written with one statement, just before the commit.
"""

import functools
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.db import (
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.dispatch import Signal

from interactions.errors import NotFound, Refusal, Unavailable
from interactions.signals import Actor, Fact
from interactions.sql import READ_ONLY, is_away, run, sqlstate
from interactions.waking import News

P = ParamSpec("P")
R = TypeVar("R")

LOST_RACES = {"40001", "40P01"}  # serialization failure, deadlock: the other side went on
GONE = "23503"  # foreign key violation, found at the commit
ATTEMPTS = 5
PATIENCE = 10.0  # seconds after which none is begun: to connect may take 3, and an answer is due within 15
_is_part: ContextVar[bool] = ContextVar("is_part", default=False)  # of a transaction that goes on after it
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Overtaken(Exception):
    """What a command has seen is no more, for others went on: it is run again."""


class HasActor(Protocol):
    @property
    def actor(self) -> Actor: ...


C = TypeVar("C", bound=HasActor)
Writer = Callable[[list[Any]], tuple[str, dict[str, Any]]]


@dataclass(slots=True)
class Command:
    actor: Actor
    operation: str
    now: datetime = LONG_AGO  # the database's clock, read after the locks
    journals: dict[Writer, list[Any]] = field(default_factory=dict)
    news: News = field(default_factory=News)

    def journal(self, writer: Writer) -> list[Any]:
        """The rows `writer` is given once, before the commit, to make an INSERT of them: the statement and
        its parameters, of names of its own; %(now)s is the command's clock.
        """
        return self.journals.setdefault(writer, [])

    def announce(self, signal: Signal, facts: list[Fact]) -> None:
        if facts:
            signal.send(sender=Command, command=self, facts=facts)

    def close(self) -> None:
        """Write all journals with one statement, and tell those who wait once it has committed."""
        inserts = [writer(rows) for writer, rows in self.journals.items()]
        params = {"now": self.now}
        for _, given in inserts:
            params |= given
        if inserts:
            tables = ", ".join(f"journal_{n} AS ({insert})" for n, (insert, _) in enumerate(inserts))
            run(f"WITH {tables} SELECT", params)
        if self.news:
            self.news.publish_at_commit()


def command(
    operation: str,
) -> Callable[[Callable[Concatenate[Command, C, P], R]], Callable[Concatenate[C, P], R]]:
    """Give a function a Command and run it as one transaction; its first argument says who asks."""

    def decorate(function: Callable[Concatenate[Command, C, P], R]) -> Callable[Concatenate[C, P], R]:
        @functools.wraps(function)
        def as_command(caller: C, /, *args: P.args, **kwargs: P.kwargs) -> R:
            def once() -> R:
                cmd = Command(caller.actor, operation)
                result = function(cmd, caller, *args, **kwargs)
                cmd.close()
                return result

            return in_transaction(once)

        return as_command

    return decorate


def in_transaction(function: Callable[[], R]) -> R:
    """Run and commit; again, if it lost a race or the connection before the commit was sent.

    Errors: Unavailable when the database does not answer, or does not say what became of the commit;
    NotFound when an operator has deleted meanwhile what the command refers to.
    """
    if _is_part.get():
        with transaction.atomic():  # a savepoint: what fails gives its locks back
            return function()
    finished = False

    def once() -> R:
        nonlocal finished
        finished = False
        with transaction.atomic(durable=True):
            result = function()
            finished = True
        return result

    return _persistently(once, lambda: not finished)


def alone(function: Callable[[], R]) -> R:
    """Run one statement that is its own transaction, and may be run twice.

    Errors: as in_transaction.
    """
    return function() if connection.in_atomic_block else _persistently(function, lambda: True)


def _persistently(once: Callable[[], R], may_repeat: Callable[[], bool]) -> R:
    """`may_repeat` is asked when the connection is lost."""
    end = time.monotonic() + PATIENCE
    for attempt in range(1, ATTEMPTS + 1):
        used = None
        try:
            connection.ensure_connection()
            used = connection.connection
            return once()
        except (OperationalError, InterfaceError, InternalError) as error:
            if not is_away(error):
                raise
            if sqlstate(error) == READ_ONLY:
                connection.close()  # it is of use, and leads to the wrong server
            connection.close_if_unusable_or_obsolete()
            is_lost = used is None or connection.connection is not used  # atomic() makes a new one, if it can
            is_last = attempt == ATTEMPTS or time.monotonic() > end
            if is_last or not is_worth_another_try(error, is_lost and may_repeat()):
                raise Unavailable(retry_after=1) from error
            time.sleep(0.01 * attempt)
        except Overtaken as error:
            if attempt == ATTEMPTS:
                raise Unavailable(retry_after=1) from error
        except IntegrityError as error:
            if sqlstate(error) != GONE:
                raise
            raise NotFound from error
    raise AssertionError("unreachable")


def in_one_transaction(function: Callable[[], R]) -> R:
    """As in_transaction, for a function of several commands: they become parts of its transaction, and
    what lost a race is run again as a whole.
    """

    def whole() -> R:
        outside = _is_part.set(True)
        try:
            return function()
        finally:
            _is_part.reset(outside)

    return in_transaction(whole)


def is_worth_another_try(error: Exception, is_undone: bool) -> bool:
    return is_undone or sqlstate(error) in LOST_RACES


def ends_overdue(
    expire: Callable[[Any], Any],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """When a refusal names overdue holds, end them in a transaction committed before it goes out.

    Of a command that is a part, whoever runs the whole does so.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def ending_overdue(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except Refusal as refusal:
                if refusal.overdue and not _is_part.get():
                    expire(refusal.overdue)
                raise

        return ending_overdue

    return decorate
