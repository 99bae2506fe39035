"""The suite has its own PostgreSQL and Valkey, unless DATABASE_URL and REDIS_URL name others."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
import pytest
from psycopg import sql

from config import embedded
from tests.alone import turn

running = pytest.StashKey[embedded.Servers]()
remover = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_configure(config: pytest.Config) -> None:
    """Before Django's settings are read; pytest-django takes what it finds here."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        # Several processes run the suite, each with servers of its own. They would inherit the variable
        # that config.celery sets, and read the settings before they have any.
        del os.environ["DJANGO_SETTINGS_MODULE"]
        return
    place = tempfile.mkdtemp(prefix="workbin-tests-")
    config.stash[remover] = remove_after_us(place)
    servers = embedded.Servers(Path(place), fsync=False)
    servers.start()
    config.stash[running] = servers
    if servers.postgres:
        make_entering_cheap(servers.database_url)
    os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 40)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    config.pluginmanager.import_plugin("tests.fixtures")  # which names models


def make_entering_cheap(url: str) -> None:
    """Each scene has sessions of its own: for each the password is hashed once, and not 4096 times."""
    with psycopg.connect(url) as connection:
        connection.execute("SET scram_iterations = 1")
        password = sql.Literal(connection.info.password)
        connection.execute(sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(password))


# They begin first, the longest of all at the head, so that no process is left alone with one at the end.
# (xdist would begin with the files of most scenes: hence --no-loadscope-reorder.)
# One has a scene that plays alone. Beside it are those whose scenes are short: it would wait for a long one
# to end, and with it its process.
LONGEST = (
    "test_conformance",
    "test_permissions",
    "test_purge",
    "test_faults",
    "test_model",
    "test_contract",
    "test_production",
    "test_up",
    "test_commands",
    "test_injection",
    "test_reporting_under_faults",
    "test_for_everybody",
    "test_client_hold",
    "test_embedded",
    "test_going_on",
    "test_operating",
    "test_demo",
    "test_long_poll",
    "test_checks",
    "test_wheel",
    "test_timer",
    "test_together",
    "test_three_phases",
    "test_restore",
    "test_external_servers",
    "test_races",
    "test_slow_clients",
    "test_upgrades",
    "test_event_stream",
    "test_connection",
    "test_readme",
)
RANK = {name: rank for rank, name in enumerate(LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: RANK.get(item.path.stem, len(RANK)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    if not hasattr(item.config, "workerinput"):
        return (yield)
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers := config.stash.get(running, None):
        servers.stop()
    if shell := config.stash.get(remover, None):
        shell.communicate(timeout=120)


def remove_after_us(place: str) -> subprocess.Popen[bytes]:
    """Also when we are killed: then the input of this shell ends."""
    script = 'read -r forever; until rm -rf "$0"; do sleep 0.1; done 2>/dev/null'
    return subprocess.Popen(["sh", "-c", script, place], stdin=subprocess.PIPE, start_new_session=True)
