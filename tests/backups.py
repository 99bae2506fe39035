"""A backup of the suite's PostgreSQL while work goes on, and a cluster restored from it."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import pytest

from config import embedded
from config.embedded.postgres import binaries
from config.lifeline import spawn, tied
from interactions.sql import fetch_value
from tests.processes import until
from tests.workers import address

# As docs/operating.md has it.
RECOVERY = """
restore_command = 'cp {wal}/%f %p'
recovery_target_time = '{at}'
recovery_target_action = promote
hot_standby = off
"""


class Backup:
    """A copy of the files, and the log of what came while it was received."""

    def __init__(self, place: Path) -> None:
        self.base, self.wal = place / "base", place / "wal"

    def take(self) -> None:
        command = tool("pg_basebackup", "-D", str(self.base), "-X", "stream", "-c", "fast")
        subprocess.run(command, check=True, capture_output=True)

    @contextlib.contextmanager
    def receiving(self) -> Iterator[None]:
        self.wal.mkdir()
        process = spawn(tool("pg_receivewal", "-D", str(self.wal)), tied(signal.SIGINT))
        try:
            yield
            last = fetch_value("SELECT pg_walfile_name(pg_switch_wal())")
            until((self.wal / last).exists, what="the last segment")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)

    @contextlib.contextmanager
    def restored(self, data_dir: Path, at: datetime) -> Iterator[dict[str, str]]:
        """Servers with everything as it was then: the environment of our programs."""
        with servers_of(
            self.base, data_dir, "recovery.signal", RECOVERY.format(wal=self.wal, at=at.isoformat())
        ) as servers:
            yield {
                "DATABASE_URL": address(servers.database_url),
                "REDIS_URL": servers.redis_url,
                "SECRET_KEY": os.environ["SECRET_KEY"],
            }


@contextlib.contextmanager
def servers_of(
    base: Path, data_dir: Path, signal_file: str = "", conf: str = ""
) -> Iterator[embedded.Servers]:
    """On a copy of the files, in this mode."""
    data_dir.mkdir(mode=0o700)
    (data_dir / "postgres-password").write_text(unquote(ours().password or ""))
    shutil.copytree(base, data_dir / "postgres")
    with (data_dir / "postgres" / "postgresql.auto.conf").open("a") as file:
        file.write(conf)
    if signal_file:
        (data_dir / "postgres" / signal_file).touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL")
        patch.delenv("REDIS_URL")
        servers = embedded.Servers(data_dir, fsync=False)
    servers.start()
    try:
        yield servers
    finally:
        servers.stop()


def ours() -> SplitResult:
    return urlsplit(os.environ["DATABASE_URL"])


def tool(name: str, *words: str) -> list[str]:
    return [str(binaries() / name), "-w", "-d", os.environ["DATABASE_URL"], *words]
