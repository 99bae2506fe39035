"""A real PostgreSQL and a real Valkey out of Python wheels, for a laptop and for the tests.

They are our children and die with us. Their addresses follow from the data directory, so they are known
before a server runs, and to every command that is given the same directory.
"""

import contextlib
import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from config.embedded.errors import EmbeddedError
from config.embedded.places import kept_secret, make_socket_directory, private_directory, socket_directory
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey

__all__ = ["EmbeddedError", "Postgres", "Servers", "Valkey", "kept_secret", "servers"]

START_SECONDS = 120  # recovery after a crash may take a while
HAND_OVER_SECONDS = 20  # for the servers of someone who was killed


class Servers:
    """The embedded servers of a data directory: those that the environment does not name already.

    Two locks, on directories, so that no file stays behind. Whoever runs the servers holds the one on the
    data directory. The servers hold the one on `run` too, by inheritance: as long as it is held, those of an
    owner who was killed are still winding down.
    """

    def __init__(self, data_dir: Path, fsync: bool = True) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.sockets = socket_directory(self.data_dir)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.locks: list[int] = []
        self.postgres = (
            None if os.environ.get("DATABASE_URL") else Postgres(self.data_dir, self.sockets, fsync)
        )
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey(self.data_dir, self.sockets)
        self.all = [server for server in (self.valkey, self.postgres) if server]

    @property
    def database_url(self) -> str:
        return self.postgres.url if self.postgres else os.environ["DATABASE_URL"]

    @property
    def redis_url(self) -> str:
        return self.valkey.url if self.valkey else os.environ["REDIS_URL"]

    def are_running(self) -> bool:
        """Whether someone else runs them."""
        if not self.data_dir.exists():
            return False
        handle = try_lock(self.data_dir)
        if handle is not None:
            os.close(handle)
        return handle is None

    def start(self) -> None:
        """Start all and come back when they answer. Call from the main thread."""
        if not self.all:
            return
        for needed in (self.data_dir, self.data_dir / "run", self.data_dir / "log"):
            private_directory(needed)
        self.lock()
        try:
            make_socket_directory(self.sockets)
            for server in self.all:
                if server.log.exists():
                    server.log.replace(server.log.with_suffix(".log.1"))
                server.prepare()
                self.processes[server.name] = self.spawn(server)
            for server in self.all:
                self.wait_for(server)
        except BaseException:
            self.stop()
            raise

    def spawn(self, server: Postgres | Valkey) -> subprocess.Popen[bytes]:
        return server.spawn(keep_open=(self.locks[1],))

    def wait_for(self, server: Postgres | Valkey) -> None:
        give_up_at = time.monotonic() + START_SECONDS
        while not server.is_ready():
            ended = self.processes[server.name].poll() is not None
            if ended or time.monotonic() > give_up_at:
                raise EmbeddedError(
                    f"{server.name} did not start: {last_line(server.log)} (see {server.log})"
                )
            time.sleep(0.02)

    def stop(self) -> None:
        for server in self.all:
            if process := self.processes.pop(server.name, None):
                process.send_signal(server.stop_signal)
                try:
                    process.wait(server.patience)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.release()

    def release(self) -> None:
        """Give the directories free. The servers have ended."""
        if self.locks and self.sockets.parent != self.data_dir:
            for left in self.sockets.iterdir():
                left.unlink()
            self.sockets.rmdir()
        for handle in self.locks:
            os.close(handle)
        self.locks.clear()

    def join(self) -> None:
        """Wait for servers that someone else runs, and may just be starting."""
        give_up_at = time.monotonic() + HAND_OVER_SECONDS
        for server in self.all:
            while not server.is_ready():
                if time.monotonic() > give_up_at:
                    raise EmbeddedError(f"{server.name} in {self.data_dir} is in use but does not answer")
                time.sleep(0.1)

    def lock(self) -> None:
        owner = try_lock(self.data_dir)
        if owner is None:
            raise EmbeddedError(
                f"another server already uses {self.data_dir}: stop it, or name another --data-dir"
            )
        self.locks.append(owner)
        give_up_at = time.monotonic() + HAND_OVER_SECONDS
        while (winding_down := try_lock(self.data_dir / "run")) is None:
            if time.monotonic() > give_up_at:
                self.release()
                raise EmbeddedError(f"servers of a killed process still use {self.data_dir}")
            time.sleep(0.05)
        self.locks.append(winding_down)


# Those of this command, for `up`, which starts them itself once it has its port.
current: Servers | None = None


@contextlib.contextmanager
def servers(data_dir: Path, fsync: bool = True) -> Iterator[Servers]:
    """Run what the environment does not name, for as long as the block lasts."""
    running = Servers(data_dir, fsync)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def try_lock(directory: Path) -> int | None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().split("\n") if log.exists() else []
    # To those who knock too early PostgreSQL says so.
    fatal = [line for line in lines if ("FATAL" in line or "PANIC" in line) and "starting up" not in line]
    return (fatal or lines or ["it said nothing"])[-1]
