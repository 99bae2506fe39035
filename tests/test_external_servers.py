"""`up` on servers that are not ours: Debian's, which in Debian 12 are PostgreSQL 15 and Redis 7."""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings

from config.lifeline import spawn, tied
from tests.ports import free_port
from tests.processes import alive, until, up

POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("1[5-9]/bin"))), None)
REDIS = shutil.which("redis-server")
NOBODY = 65534
KEY = secrets.token_urlsafe(50)

pytestmark = [
    pytest.mark.skipif(POSTGRES is None, reason="Debian's postgresql is not installed"),
    pytest.mark.skipif(REDIS is None, reason="Debian's redis-server is not installed"),
]


@pytest.fixture
def place() -> Iterator[Path]:
    """For the servers' data; theirs, if we are root and they may not be."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() == 0:
            os.chown(name, NOBODY, NOBODY)
        yield Path(name)


@pytest.fixture
def database_url(place: Path) -> Iterator[str]:
    data, port = place / "data", free_port()
    assert POSTGRES is not None
    initdb = [str(POSTGRES / "initdb"), "-D", str(data), "-U", "workbin", "-A", "trust", "--no-sync"]
    subprocess.run([*unprivileged("KILL"), *initdb], check=True, capture_output=True)
    server = [
        str(POSTGRES / "postgres"),
        "-D",
        str(data),
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-k",
        str(place),
    ]
    url = f"postgresql://workbin@127.0.0.1:{port}"
    with running([*unprivileged("INT"), *server, "-c", "fsync=off"], place / "postgres.log"):
        until(lambda: answers(url))
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute("create database workbin")
        yield f"{url}/workbin"


@pytest.fixture
def redis_url(place: Path) -> Iterator[str]:
    port = free_port()
    server = [str(REDIS), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(place)]
    url = f"redis://127.0.0.1:{port}/0"
    with running([*unprivileged("TERM"), *server], place / "redis.log"):
        until((place / "redis.log").exists)
        until(lambda: "Ready to accept" in (place / "redis.log").read_text())
        yield url


@contextlib.contextmanager
def running(command: list[str], log: Path) -> Iterator[None]:
    with log.open("w") as out:
        process = spawn(command, tied(2), stdout=out, stderr=out)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def unprivileged(death_signal: str) -> list[str]:
    if os.geteuid() != 0:
        return []
    return [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        f"--pdeathsig={death_signal}",
    ]


def answers(url: str) -> bool:
    try:
        psycopg.connect(f"{url}/postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def test_up_starts_nothing_of_its_own_and_migrates(database_url: str, redis_url: str, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    named = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "SECRET_KEY": KEY}
    with up(data_dir, **named) as running:
        address = running.until_ready()

        assert not running.children("valkey-server")
        assert not running.children("pginstall18")
        assert not (data_dir / "postgres").exists()
        with urllib.request.urlopen(f"{address}/admin/login/") as response:
            assert response.status == 200
        with psycopg.connect(database_url) as connection:
            assert connection.info.server_version // 10_000 == int(str(POSTGRES).split("/")[4])
            assert connection.execute("select count(*) > 0 from django_migrations").fetchone() == (True,)
        with redis.Redis.from_url(redis_url) as broker:
            assert "valkey_version" not in broker.info()
            until(lambda: broker.exists("_kombu.binding.timers"), what="the worker at the broker")

        assert running.interrupt() == 0
        assert not alive(data_dir)


def test_a_session_of_ours_over_a_network(database_url: str) -> None:
    """PostgreSQL takes our words for it: how soon it notices that our host is gone, among others."""
    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    with psycopg.connect(database_url, options=options) as connection:
        found = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*settings.SESSION]]
        )
        assert dict(found.fetchall()) == {
            "lock_timeout": "2000",
            "idle_in_transaction_session_timeout": "5000",
            "default_transaction_isolation": "read committed",
            "tcp_keepalives_idle": "10",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
        }
