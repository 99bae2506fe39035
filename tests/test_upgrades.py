"""An upgrade beside a system at work: what its migrations lock, and for how long anybody waits."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from config.management.commands import migrate
from interactions import lifecycle, sessions
from interactions.callers import AgentCaller
from interactions.sql import fetch_all, run
from tests import cast
from tests.applications import SUPPORT, Desk
from tests.crowd import another_connection, crowd, waiting_for_locks
from tests.migrations import faults, later_ones, sql_of
from tests.processes import until

# --- What migrations lock -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)  # what is built concurrently asks for no transaction around it
def test_no_migration_since_the_first_release_keeps_others_waiting() -> None:
    assert {f"{app}.{name}": faults(sql_of(app, name)) for app, name in later_ones()} == {
        f"{app}.{name}": [] for app, name in later_ones()
    }


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("CREATE INDEX a ON interactions_party (agent_id);", "require-concurrent-index-creation"),
        ("DROP INDEX party_by_end;", "require-concurrent-index-deletion"),
        ("ALTER TABLE interactions_party ALTER COLUMN operation TYPE text;", "changing-column-type"),
        ("ALTER TABLE interactions_party ALTER COLUMN warn_at SET NOT NULL;", "adding-not-nullable-field"),
        ("ALTER TABLE interactions_party ADD COLUMN a int NOT NULL;", "adding-required-field"),
        ("ALTER TABLE interactions_party ADD CONSTRAINT a CHECK (id > 0);", "constraint-missing-not-valid"),
        ("ALTER TABLE interactions_party RENAME COLUMN warn_at TO a;", "renaming-column"),
        ("ALTER TABLE interactions_party DROP COLUMN warn_at;", "ban-drop-column"),
    ],
)
def test_what_would_is_found(statement: str, rule: str) -> None:
    assert f"{rule}: {statement}" in faults(f"BEGIN;\n{statement}\nCOMMIT;")


def test_what_does_not_is_let_pass() -> None:
    assert not faults(
        """BEGIN;
        CREATE TABLE a (id bigint PRIMARY KEY, name varchar(20) NOT NULL);
        CREATE INDEX a_name ON a (name);
        COMMIT;"""
    )
    assert not faults("CREATE INDEX CONCURRENTLY a ON interactions_party (agent_id);")
    assert not faults("BEGIN;\nALTER TABLE interactions_party ADD COLUMN a int;\nCOMMIT;")


@pytest.mark.django_db
def test_migrations_of_before_are_read_too() -> None:
    """So that the list of those since is not empty for want of reading."""
    assert any("require-concurrent-index" in fault for fault in faults(sql_of("interactions", "0003_find")))


# --- How long anybody waits -----------------------------------------------------------------------

BEFORE_INDEX, BEFORE_LOCKS, LATEST = "0006_revision", "0008_retention", "0009_storage"
ENDED = 50_000  # holds
PULLS = 20  # while the upgrade waits
ASIDE = f"{migrate.IN_USE}, trying again"

_ENDED_HOLDS = """
    INSERT INTO interactions_party (interaction_id, agent_id, session_id, operation, joined_at,
        handling_timeout, last_reset_at, deadline_at, ended_at, end_reason)
    SELECT i.id, s.agent_id, s.id, 'Pull', now(), 600, now(), now(), now(), 'Stopped'
    FROM generate_series(1, %(count)s), (SELECT min(id) AS id FROM interactions_interaction) i,
        (SELECT id, agent_id FROM interactions_session LIMIT 1) s
"""


_UPGRADE_WAITS = """
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND query ~ '^(ALTER TABLE|CREATE INDEX|DROP INDEX)'
"""


@pytest.fixture
def latest_in_the_end(transactional_db: None) -> Iterator[None]:
    try:
        yield
    finally:
        call_command("migrate", "interactions", verbosity=0)


@pytest.fixture
def caller(latest_in_the_end: None, alice: Desk) -> AgentCaller:
    """There is enough to pull, and many holds have ended."""
    cast.fill(1000)
    run(_ENDED_HOLDS, {"count": ENDED})
    found = sessions.identify(alice.token, resets=True)
    assert isinstance(found, AgentCaller)
    return found


@contextlib.contextmanager
def pulling(caller: AgentCaller) -> Iterator[Callable[[], int]]:
    """Somebody pulls and stops again and again. Yields what says how often that was."""
    done, is_over = 0, threading.Event()

    def pull_and_stop() -> None:
        nonlocal done
        while not is_over.is_set():
            [row] = lifecycle.pull(caller, SUPPORT).rows
            assert row.hold
            lifecycle.stop_processing(caller, row.id, row.hold.id)
            done += 1

    with crowd(1) as people:
        working = people.start(pull_and_stop)
        until(lambda: done, what="the first pull")
        try:
            yield lambda: done
        finally:
            is_over.set()
            working()


def upgrade_beside_a_reader(to: str, said: StringIO, meanwhile: Callable[[], object]) -> None:
    """Somebody reads the tables that it changes, from before it begins until after `meanwhile`."""
    with another_connection() as reader, crowd(1) as people:
        reader.execute("SELECT FROM interactions_session, interactions_party LIMIT 1")
        upgraded = people.start(lambda: call_command("migrate", "interactions", to, stdout=said))
        until(lambda: fetch_all(_UPGRADE_WAITS), what="the upgrade to wait")
        try:
            meanwhile()
        finally:
            reader.commit()
        upgraded()


@pytest.mark.parametrize(
    ("before", "after", "steps_aside"),
    [(BEFORE_LOCKS, LATEST, True), (BEFORE_INDEX, BEFORE_LOCKS, False)],
    ids=["locks a table", "builds an index concurrently"],
)
@pytest.mark.django_db(transaction=True)
def test_no_pull_waits_for_an_upgrade(
    caller: AgentCaller, before: str, after: str, steps_aside: bool
) -> None:
    """However long the upgrade has to: a pull waits no longer than until it steps aside."""
    call_command("migrate", "interactions", before, verbosity=0)
    said = StringIO()

    with pulling(caller) as count:

        def go_on() -> None:
            until(lambda: not steps_aside or ASIDE in said.getvalue(), what="the upgrade to step aside")
            enough = count() + PULLS
            until(lambda: count() >= enough, what="pulls while the upgrade waits")

        upgrade_beside_a_reader(after, said, go_on)

    assert (ASIDE in said.getvalue()) == steps_aside
    assert f"Applying interactions.{after}... OK" in said.getvalue()
    assert migrate.LOCK_MILLISECONDS < 1000


def test_an_upgrade_that_stood_still_is_tried_again(latest_in_the_end: None) -> None:
    """PostgreSQL cuts it off, so that nobody waits for its locks."""
    call_command("migrate", "interactions", BEFORE_LOCKS, verbosity=0)
    said = StringIO()
    stood: list[str] = []

    def stand_still(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        if sql.startswith("ALTER TABLE") and not stood:
            stood.append(sql)
            execute("SET idle_in_transaction_session_timeout = 100", *given)
            time.sleep(0.5)
        return execute(sql, *given)

    with connection.execute_wrapper(stand_still):
        call_command("migrate", "interactions", LATEST, stdout=said)

    assert migrate.STOOD_STILL in said.getvalue()
    assert said.getvalue().endswith("OK\n")


@pytest.mark.django_db(transaction=True)
def test_pulls_would_wait_for_one_that_waits(caller: AgentCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    call_command("migrate", "interactions", BEFORE_LOCKS, verbosity=0)
    monkeypatch.setattr(migrate, "LOCK_MILLISECONDS", 60_000)
    counts: list[int] = []

    with pulling(caller) as count:

        def stand_still() -> None:
            until(lambda: waiting_for_locks() >= 2, what="a pull to wait behind the upgrade")
            counts.append(count())
            time.sleep(1)
            counts.append(count())

        upgrade_beside_a_reader(LATEST, StringIO(), stand_still)

    assert counts[0] == counts[1]
