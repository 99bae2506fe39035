"""What is good enough for a laptop does not get into production unnoticed."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks

from config import asgi, demo, production
from config.checks import check_deployment
from tests import cast
from tests.processes import manage, up

KEY = secrets.token_urlsafe(50)
EXTERNAL = {
    "DATABASE_URL": "postgresql://workbin@db.example.org/workbin",
    "REDIS_URL": "redis://redis.example.org",
    "SECRET_KEY": KEY,
}


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({"SECRET_KEY": "k" * 60, "HTTPS": "true", "DEBUG": "true"}, ["E010", "E011"]),
        ({"SECRET_KEY": KEY[:49], "ALLOWED_HOSTS": "workbin.example.org,*"}, ["E010", "E012"]),
        ({"SECRET_KEY": f"django-insecure-{KEY}"}, ["E010"]),
        ({"SECRET_KEY": f"only-for-the-tests-{KEY}"}, ["E010"]),
    ],
)
def test_what_is_refused(given: dict[str, str], ids: list[str]) -> None:
    """Each of them, and nothing else."""
    refused = manage("check", **EXTERNAL | given)
    assert refused.returncode == 1
    assert sorted(re.findall(r"workbin\.(\w+)", refused.stderr)) == ids
    assert refused.stderr.count("HINT") == len(ids)
    assert given["SECRET_KEY"] not in refused.stderr


def test_a_laptop_may(tmp_path: Path) -> None:
    """The twin: the same on the embedded servers without HTTPS. With it, it is production."""
    here = str(tmp_path / "data")
    careless = {"SECRET_KEY": "k", "DEBUG": "true", "ALLOWED_HOSTS": "*"}
    assert manage("check", "--data-dir", here, **careless).returncode == 0
    refused = manage("check", "--data-dir", here, HTTPS="true", **careless)
    assert all(f"workbin.{id}" in refused.stderr for id in ("E010", "E011", "E012"))


def test_deployed_with_open_metrics() -> None:
    deployed = EXTERNAL | {"HTTPS": "true", "ALLOWED_HOSTS": "workbin.example.org"}
    check = ("check", "--deploy", "--fail-level", "WARNING")
    assert "workbin.W001" in manage(*check, **deployed).stderr
    assert manage(*check, **deployed, METRICS_TOKEN="t").returncode == 0


@pytest.mark.parametrize("given", [{"METRICS": "open"}, {"METRICS": "closed"}, {"METRICS_TOKEN": "t"}])
def test_who_may_read_them(given: dict[str, str], settings: Any) -> None:
    settings.METRICS = "open"
    for name, value in given.items():
        setattr(settings, name, value)
    assert [one.id for one in check_deployment()] == ["workbin.W001"] * (given == {"METRICS": "open"})


def test_the_demo_is_not_for_production(tmp_path: Path) -> None:
    for given, reason in ((EXTERNAL, "DATABASE_URL"), ({"HTTPS": "true"}, "HTTPS is on")):
        refused = manage("up", "--demo", "--port", "0", "--data-dir", str(tmp_path / "data"), **given)
        [line] = refused.stderr.splitlines()
        assert refused.returncode == 1
        assert reason in line and "ALLOW_DEMO=true" in line
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_database_that_the_demo_has_filled(tmp_path: Path) -> None:
    """From a laptop's first steps to HTTPS: refused by `up` and by `migrate`."""
    where = ("--data-dir", str(tmp_path / "data"))
    with up(tmp_path / "data", "--demo") as running:
        running.until_ready()
        assert manage("check", "--database", "default", *where).returncode == 0
        password = {path.read_text() for path in (tmp_path / "data").glob("*-password")}
        assert all((path.stat().st_mode & 0o777) == 0o600 for path in (tmp_path / "data").glob("*-password"))

        for command in (("migrate",), ("check", "--database", "default")):
            refused = manage(*command, *where, HTTPS="true")
            assert refused.returncode == 1
            assert "workbin.E013" in refused.stderr
            assert "demo: admin, alice, bob, carol, dave, erin, lena." in refused.stderr
            assert not [word for word in password if word in refused.stderr]
        assert manage("migrate", *where, HTTPS="true", ALLOW_DEMO="true").returncode == 0

    refused = manage("up", "--port", "0", *where, HTTPS="true")
    assert refused.returncode == 1
    [line] = [line for line in refused.stderr.splitlines() if "demo" in line]
    assert line.startswith("CommandError: These users have passwords of the demo: admin, alice")


# --- Within one process -------------------------------------------------------------------------------


@pytest.fixture
def https(settings: Any, transactional_db: None) -> Any:
    settings.HTTPS = True
    settings.SECRET_KEY = KEY
    return settings


@pytest.fixture
def alice(https: Any) -> Iterator[User]:
    cast.agent("alice")
    demo.make_cast("of the demo")
    yield User.objects.get(username="alice")


def found() -> list[str]:
    return [fault.msg for fault in production.demo_faults()]


def test_a_password_of_the_demo_is_known(alice: User) -> None:
    assert found() == ["These users have passwords of the demo: alice, bob, carol, dave, erin, lena."]
    assert alice.check_password("of the demo")  # which may encode it anew
    assert found() != []
    assert [error.id for error in run_checks(databases=["default"])] == ["workbin.E013"]
    assert run_checks() == []


def test_one_of_ones_own_is_not(alice: User) -> None:
    """The twin."""
    alice.set_password("of her own")
    alice.save()
    assert found() == ["These users have passwords of the demo: bob, carol, dave, erin, lena."]


def test_nor_one_who_may_not_come_in(alice: User) -> None:
    User.objects.exclude(username="alice").update(is_active=False)
    assert found() == ["These users have passwords of the demo: alice."]


def test_nor_on_a_laptop(alice: User, settings: Any) -> None:
    settings.HTTPS = False
    assert found() == []
    settings.IS_EMBEDDED = False
    assert found() != []
    settings.ALLOW_DEMO = True
    assert found() == []


def start_serving() -> dict[str, Any]:
    """What the application answers a server that asks it to start."""

    async def scene() -> dict[str, Any]:
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "lifespan.startup"}

        async def send(message: Any) -> None:
            said.append(message)

        await asgi.application({"type": "lifespan"}, receive, send)
        return said[0]

    return asyncio.run(scene())


def test_a_web_process_does_not_serve(alice: User, settings: Any) -> None:
    refused = start_serving()
    assert refused["type"] == "lifespan.startup.failed"
    assert "passwords of the demo: alice, bob" in refused["message"]
    settings.SECRET_KEY = "k"
    assert start_serving()["message"].startswith("SECRET_KEY can be guessed. Set it to 50 or more")
    settings.HTTPS = False
    assert start_serving()["type"] == "lifespan.startup.complete"
