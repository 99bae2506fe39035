"""`manage.py up` as a newcomer meets it: real processes, from the first start to the last."""

import os
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.processes import alive, lock_files, manage, until, up


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def used_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of several scenes: the first makes it, and is killed at its end, and the others go on with it."""
    return tmp_path_factory.mktemp("used") / "data"


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/admin/login/", timeout=20) as response:
            return bool(response.status == 200)
    except urllib.error.URLError:
        return False


def test_it_serves_and_starts_again_what_dies(used_dir: Path) -> None:
    with up(used_dir) as running:
        address = running.until_ready()
        assert answers(address)

        for kind, words in (
            ("web-", "config.web"),
            ("worker", "-A config worker"),
            ("postgres", "pginstall18"),
        ):
            before = running.children(words)
            os.kill(min(before), signal.SIGKILL)
            died = running.until_said(f"| {kind}")
            assert "died: killed by SIGKILL" in died
            assert "starting it again in 0.5 s" in died
            until(lambda: answers(address))

        assert (
            "another server already uses" in manage("up", "--port", "0", "--data-dir", str(used_dir)).stderr
        )


def test_ctrl_c_leaves_nothing_behind_but_the_data(used_dir: Path) -> None:
    lena = ["createsuperuser", "--noinput", "--username", "lena", "--email", "", "--data-dir", str(used_dir)]
    password = {"DJANGO_SUPERUSER_PASSWORD": "a word for lena"}
    with up(used_dir) as running:
        running.until_ready()
        servers = running.children("pginstall18")
        assert manage(*lena, **password).returncode == 0  # on the servers that run
        assert running.children("pginstall18") == servers

        assert running.interrupt() == 0

        assert not alive(used_dir)
        assert not lock_files(used_dir)
        assert not running.said("Traceback")

    again = manage(*lena, **password)

    assert "already taken" in again.stderr
    assert not alive(used_dir)
    assert not lock_files(used_dir)


def test_killed_it_takes_everyone_along_and_starts_again(used_dir: Path) -> None:
    with up(used_dir) as running:
        running.until_ready()
        until(lambda: len(running.children("-A config worker")) == 3, what="the worker and its pool")
        running.process.kill()
        running.process.wait()
        until(lambda: not alive(used_dir), what="the end of its children")

    with up(used_dir) as running:
        assert answers(running.until_ready())


def test_a_taken_port_is_said_in_one_line_before_anything_starts(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = manage("up", "--port", str(port), "--data-dir", str(data_dir))

    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"CommandError: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "name another with --port"
    ]
    assert not (data_dir / "postgres").exists()


def test_a_port_that_cannot_be_is_said_in_one_line(data_dir: Path) -> None:
    refused = manage("up", "--port", "75536", "--data-dir", str(data_dir))
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "CommandError: cannot listen on 127.0.0.1 port 75536: there is no such port"
    ]


def test_a_database_that_does_not_answer_is_said_in_one_line(data_dir: Path) -> None:
    nobody = "postgresql://workbin@127.0.0.1:1/workbin"
    refused = manage("up", "--port", "0", "--data-dir", str(data_dir), DATABASE_URL=nobody)

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "the database does not answer" in refused.stderr
    assert not alive(data_dir)
