"""Real processes for the tests: a running `manage.py up`, and who is alive on a data directory."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.conf import settings

from config.lifeline import spawn, tied

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
CHEAP = {"DJANGO_SETTINGS_MODULE": "tests.cheap_passwords"}  # thirty log-ins take a quarter of a minute else
LOCK_FILES = ["**/postmaster.pid", "**/*.pid", "**/.s.PGSQL*", "**/*.sock", "**/*.lock"]


def until(true: Callable[[], object], seconds: float = 60, what: str = "") -> None:
    give_up_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up_at, f"waited {seconds} s for {what or true}"
        time.sleep(0.02)


def as_in_a_terminal() -> Callable[[], None]:
    """As `tied`, where Ctrl-C is heard: a shell's background jobs, and so we perhaps, ignore it."""
    tie = tied(signal.SIGKILL)

    def begin() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        tie()

    return begin


def environment(**own: str) -> dict[str, str]:
    """Ours without what the suite has set, so that a command finds or starts its own servers. Passwords
    cost nothing, unless it is told otherwise."""
    ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
    return {name: value for name, value in os.environ.items() if name not in ours} | CHEAP | own


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [*MANAGE, *arguments]
    return subprocess.run(
        command, env=environment(**env), preexec_fn=tied(signal.SIGKILL), capture_output=True, text=True,
        timeout=180, check=False,
    )  # fmt: skip


def alive(data_dir: Path) -> dict[int, str]:
    """Processes that have to do with a data directory: by arguments, environment or working directory."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            arguments = (entry / "cmdline").read_bytes()
            traces = [arguments, os.fsencode(os.readlink(entry / "cwd"))]
            with contextlib.suppress(OSError):
                traces.append((entry / "environ").read_bytes())
            if any(os.fsencode(data_dir) in trace for trace in traces) and int(entry.name) != os.getpid():
                found[int(entry.name)] = arguments.replace(b"\0", b" ").decode(errors="replace")
    return found


def lock_files(data_dir: Path) -> list[Path]:
    return [file for pattern in LOCK_FILES for file in data_dir.glob(pattern)]


class Up:
    """`manage.py up` and all that it has said."""

    def __init__(
        self,
        data_dir: Path,
        *arguments: str,
        command: Sequence[str] = MANAGE,
        cwd: Path | None = None,
        **env: str,
    ) -> None:
        self.data_dir = data_dir
        self.lines: list[str] = []
        out = subprocess.PIPE
        self.process = spawn(
            [*command, "up", "--port", "0", "--data-dir", str(data_dir), *arguments],
            tied(signal.SIGKILL),
            env=environment(BY=str(data_dir), **env),
            cwd=cwd,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()

    def listen(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.decode().rstrip() for line in self.process.stdout)

    def said(self, words: str) -> list[str]:
        return [line for line in list(self.lines) if words in line]

    def until_said(self, words: str, seconds: float = 90) -> str:
        give_up_at = time.monotonic() + seconds
        until(
            lambda: self.said(words) or self.process.poll() is not None or time.monotonic() > give_up_at,
            seconds + 30,
        )
        assert self.said(words), "\n".join([f"never said: {words}", *self.lines])
        return self.said(words)[0]

    def until_ready(self) -> str:
        """Returns its address."""
        self.until_said("Ctrl-C stops everything")
        return self.said("admin ")[0].split()[1].removesuffix("/admin/")

    def children(self, words: str) -> list[int]:
        return [pid for pid, arguments in alive(self.data_dir).items() if words in arguments]

    def interrupt(self) -> int:
        """Ctrl-C in its terminal: a signal for the whole foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)


@contextlib.contextmanager
def up(data_dir: Path, *arguments: str, **env: str) -> Iterator[Up]:
    started = Up(data_dir, *arguments, cwd=None, **env)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()
        started.listener.join(10)
        until(lambda: not alive(data_dir), 30, "the end of its children")
