"""Settings that cannot work are found before anything starts."""

import re
import secrets
import time
from pathlib import Path

import pytest
from django.db import InternalError, OperationalError

from config.cli import explained
from interactions.sql import run
from tests.crowd import crowd
from tests.processes import manage

PRODUCTION = {
    "DATABASE_URL": "postgresql://workbin@db.example.org/workbin",
    "REDIS_URL": "redis://redis.example.org",
    "SECRET_KEY": secrets.token_urlsafe(50),
}
NO_POSTGRESQL = (
    "DATABASE_URL must name a PostgreSQL: postgresql://user:password@host:5432/name. "
    "Unset it for the embedded one."
)


def test_production_settings_pass() -> None:
    assert manage("check", **PRODUCTION).returncode == 0


@pytest.mark.parametrize(
    ("changed", "ids"),
    [
        ({"SECRET_KEY": "", "REDIS_URL": "redis.example.org:6379"}, ["E001", "E003"]),
        ({"REDIS_URL": "amqp://rabbit", "WEB_THREADS": "0", "EVENTS_KEPT": "-1"}, ["E003", "E004", "E006"]),
        ({"EVENTS_KEPT": "800000", "INTERACTIONS_KEPT": "99999999999999"}, ["E006", "E006"]),
    ],
)
def test_what_cannot_work_has_an_id_and_a_hint(changed: dict[str, str], ids: list[str]) -> None:
    """Each of them, and nothing else."""
    refused = manage("check", **PRODUCTION | changed)
    assert refused.returncode == 1
    assert sorted(re.findall(r"workbin\.(\w+)", refused.stderr)) == ids
    assert refused.stderr.count("HINT") == len(ids)


def test_up_does_not_start_with_what_cannot_work(tmp_path: Path) -> None:
    refused = manage(
        "up", "--port", "0", "--data-dir", str(tmp_path / "data"), **PRODUCTION | {"SECRET_KEY": ""}
    )
    assert refused.returncode == 1
    assert "workbin.E001" in refused.stderr


def test_in_a_fresh_clone_the_check_passes_and_makes_nothing(tmp_path: Path) -> None:
    checked = manage("check", "--data-dir", str(tmp_path / "data"))
    assert checked.returncode == 0, checked.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("WEB_THREADS", "four", "WEB_THREADS must be a whole number. It is 'four'."),
        ("HTTPS", "maybe", "HTTPS must be true or false. It is 'maybe'."),
        ("DATABASE_URL", "mysql://workbin@db.example.org/workbin", NO_POSTGRESQL),
        ("DATABASE_URL", "db.example.org:5432/workbin", NO_POSTGRESQL),
    ],
)
def test_what_is_no_such_value_is_said_in_one_line(name: str, value: str, line: str, tmp_path: Path) -> None:
    refused = manage("check", "--data-dir", str(tmp_path / "data"), **{name: value})
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [line]


def test_a_database_that_does_not_answer_is_one_line() -> None:
    nobody = PRODUCTION | {"DATABASE_URL": "postgresql://workbin@127.0.0.1:1/workbin"}
    refused = manage("issue_token", "warehouse", **nobody)
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert line.startswith("the database does not answer: ")


@pytest.mark.parametrize(
    "statements",
    [
        ["SELECT pg_terminate_backend(pg_backend_pid())"],
        ["SET idle_in_transaction_session_timeout = '1ms'", "BEGIN", "SELECT 1"],
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_database_ended_is_one_line(statements: list[str]) -> None:
    def cut_off() -> None:
        for statement in statements:
            run(statement)
            time.sleep(0.1)

    with crowd() as people, pytest.raises((OperationalError, InternalError)) as error:
        people.start(cut_off)()
    why = explained(error.value)
    assert why and why.endswith("Run the command again") and "\n" not in why


def test_a_connection_that_was_lost_without_a_word_is_told_from_one_that_there_never_was() -> None:
    lost = OperationalError("consuming input failed: server closed the connection unexpectedly")
    never = OperationalError("connection failed: connection to server at 127.0.0.1 failed")
    assert (explained(lost) or "").startswith("the database has ended the connection: ")
    assert (explained(never) or "").startswith("the database does not answer: ")


def test_a_database_without_tables_is_one_line(tmp_path: Path) -> None:
    refused = manage("issue_token", "warehouse", "--data-dir", str(tmp_path / "data"))
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"the embedded database in {tmp_path / 'data'} has no tables yet: "
        "run `migrate`; `up` does it by itself"
    ]
