"""`python -m tests.conformance.ours [--only WORDS]`: the kit against a server of this source with the floor
on it, and on data that is thrown away. No part of the kit."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.lifeline import tied
from tests.processes import manage, up

FLOOR = Path(__file__).parent / "floor.yaml"
ADMIN, PASSWORD = "root", "a word for root"


@dataclass
class Ours:
    """A running server."""

    url: str
    data_dir: Path

    def lay_the_floor(self) -> str:
        """Returns the token of its media server."""
        self._manage("apply_config", str(FLOOR))
        return self._manage("issue_token", "kit-gateway").strip()

    def make_the_admin(self) -> None:
        self._manage("createsuperuser", "--noinput", "--username", ADMIN, "--email", "")

    def _manage(self, *arguments: str) -> str:
        password = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        done = manage(*arguments, "--data-dir", str(self.data_dir), **password)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def judge(self, *options: str) -> subprocess.CompletedProcess[str]:
        """What the kit says, which is told nothing but the address and the admin's log-in."""
        command = [sys.executable, "-m", "tests.conformance", self.url, "--user", ADMIN, *options]
        return subprocess.run(
            command, env=os.environ | {"CONFORMANCE_PASSWORD": PASSWORD}, preexec_fn=tied(signal.SIGKILL),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
        )  # fmt: skip


@contextlib.contextmanager
def ours(data_dir: Path) -> Iterator[Ours]:
    with up(data_dir) as running:
        server = Ours(running.until_ready(), data_dir)
        server.make_the_admin()
        yield server


def main(options: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.ours", description=__doc__)
    _, rest = parser.parse_known_args(options)
    with tempfile.TemporaryDirectory(prefix="workbin-kit-") as place, ours(Path(place) / "data") as server:
        done = server.judge(f"--media-server-token={server.lay_the_floor()}", *rest)
    sys.stdout.write(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
