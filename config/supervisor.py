"""Keeps programs running in the foreground: echoes what they say, restarts what dies, stops all in order."""

import contextlib
import itertools
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.lifeline import spawn, tied

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0  # seconds before a restart, doubling
LIVED_A_WHILE = 30.0  # seconds; after that a death is no longer one of a series
HURRY = 1.0  # seconds that everything gets after a second Ctrl-C

Spawn = Callable[[], subprocess.Popen[bytes]]


@dataclass
class Program:
    """Something to keep running. Those of one `kind` are stopped together."""

    name: str
    kind: str
    spawn: Spawn
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0  # seconds to stop in
    log: Path | None = None  # where it writes, if not through us
    process: subprocess.Popen[bytes] | None = None
    started_at: float = field(default_factory=time.monotonic)
    deaths: int = 0
    restart_at: float = 0.0
    half_line: bytes = b""


def command(arguments: list[str], cwd: Path, keep_open: tuple[int, ...] = (), **env: str) -> Spawn:
    """A child whose words we pass on, and that dies with us."""
    return lambda: spawn(
        arguments, tied(signal.SIGKILL), cwd=cwd, pass_fds=keep_open,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | env,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


class Supervisor:
    """Programs in the order in which they are to be stopped. One thread, which must be the main one."""

    def __init__(self, programs: list[Program]) -> None:
        self.programs = programs
        self.pipes = selectors.DefaultSelector()
        self.width = max(len(name) for name in ["up", *(program.name for program in programs)])
        self.stop_requests = 0

    def request_stop(self, *_: object) -> None:
        """A signal handler."""
        self.stop_requests += 1

    def start(self) -> None:
        for program in self.programs:
            if program.process is None:
                self.spawn(program)

    def spawn(self, program: Program) -> None:
        program.process = program.spawn()
        program.started_at = time.monotonic()
        if pipe := program.process.stdout:
            os.set_blocking(pipe.fileno(), False)
            self.pipes.register(pipe, selectors.EVENT_READ, program)

    def tick(self, seconds: float = 0.2) -> None:
        """Wait for something to happen, and deal with it."""
        self.echo(seconds)
        now = time.monotonic()
        for program in self.programs:
            if program.process is not None:
                if has_ended(program.process):
                    self.bury(program, now)
            elif now >= program.restart_at:
                self.spawn(program)

    def bury(self, program: Program, now: float) -> None:
        how = self.clear_away(program)
        if now - program.started_at >= LIVED_A_WHILE:
            program.deaths = 0
        delay = min(FIRST_DELAY * 2**program.deaths, LONGEST_DELAY)
        program.deaths += 1
        program.restart_at = now + delay
        where = f" (see {program.log})" if program.log else ""
        self.say(f"{program.name} died: {how}{where}; starting it again in {delay:g} s")

    def clear_away(self, program: Program) -> str:
        """End what is left of a program and of its children. Returns how it ended."""
        process = program.process
        assert process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # the number is still its own: we have not waited yet
        code = process.wait()
        if pipe := process.stdout:
            while self.pass_on(program, pipe.fileno()):
                pass
            self.stop_listening(pipe.fileno())
            pipe.close()
        program.process = None
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def stop(self) -> None:
        """Kind by kind, in order; whatever does not stop in its time is killed."""
        asked = self.stop_requests
        for _, group in itertools.groupby(self.programs, key=lambda program: program.kind):
            living = [program for program in group if program.process]
            for program in living:
                assert program.process is not None
                program.process.send_signal(program.stop_signal)
            started = time.monotonic()
            while living:
                self.echo(0.05)
                waited = time.monotonic() - started
                for program in list(living):
                    assert program.process is not None
                    patience = HURRY if self.stop_requests > asked else program.patience
                    if has_ended(program.process) or waited > patience:
                        if not has_ended(program.process):
                            self.say(f"{program.name} did not stop in {patience:g} s and is killed")
                        self.clear_away(program)
                        living.remove(program)

    def echo(self, seconds: float) -> None:
        if not self.pipes.get_map():
            time.sleep(seconds)
        for key, _ in self.pipes.select(seconds):
            self.pass_on(key.data, key.fd)

    def pass_on(self, program: Program, pipe: int) -> bool:
        """Print the lines that it has written by now. False when there is nothing more to read."""
        try:
            data = os.read(pipe, 65536)
        except BlockingIOError:
            return False
        *lines, program.half_line = (program.half_line + data).split(b"\n")
        if not data:
            self.stop_listening(pipe)
            lines, program.half_line = [program.half_line], b""
        for line in filter(None, lines):
            self.say(line.decode(errors="replace"), program.name)
        return bool(data)

    def stop_listening(self, pipe: int) -> None:
        if pipe in self.pipes.get_map():
            self.pipes.unregister(pipe)

    def say(self, line: str, name: str = "up") -> None:
        try:
            sys.stdout.write(f"{name:<{self.width}} | {line}\n")
            sys.stdout.flush()
        except OSError:  # the terminal is gone, and we are asked to stop, or only our reader
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Without waiting for it, which would give its number free."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
