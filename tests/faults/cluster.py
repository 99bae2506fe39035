"""Two web, two workers, beat, PostgreSQL and Valkey, kept running as `up` does it; and hands to hurt them."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from config import embedded
from config.embedded.postgres import EMBEDDED_NAME
from config.listener import address, bind
from config.management.commands.up import migrate, own_programs, server_programs
from config.supervisor import Program, Supervisor
from tests.machine import children
from tests.processes import alive, lock_files, until

WORKERS = ("worker", "worker-2")
WEBS = ("web-1", "web-2")
HOSTS = (*WEBS, *WORKERS, "beat")  # what runs on application hosts
CLOCKED = Path(__file__).parent / "clocked"


class Keeper(Supervisor):
    """The supervisor of `up`. It writes to a file, and leaves alone whom it is told to."""

    def __init__(self, programs: list[Program], log: TextIO, env_of: Callable[[str], dict[str, str]]) -> None:
        super().__init__(programs)
        self.log, self.env_of = log, env_of
        self.down: set[str] = set()
        self.spawned_at: dict[str, float] = {}

    def spawn(self, program: Program) -> None:
        if program.name in self.down:
            return
        os.environ |= self.env_of(program.name)
        self.spawned_at[program.name] = time.time()
        super().spawn(program)

    def say(self, line: str, name: str = "up") -> None:
        self.log.write(f"{time.time():.3f} {name:<{self.width}} | {line}\n")
        self.log.flush()


class Cluster:
    """Its processes belong to the main thread, which keeps them; whoever hurts them is in another."""

    def __init__(self, servers: embedded.Servers, is_clocked: bool, is_small: bool) -> None:
        self.servers, self.place = servers, servers.data_dir
        self.is_clocked, self.is_small = is_clocked, is_small
        self.address = servers.database_url  # once: asking for it leaves a file, also where all is gone
        self.log_file = self.place.with_name("up.log")  # on another disk, if that one is to be full

    def address_for(self, name: str) -> str:
        """The database's address: by the name in it PostgreSQL can tell who has connected."""
        return self.address.replace(EMBEDDED_NAME, name)

    def start(self) -> None:
        self.servers.start()
        migrate()
        temporary = self.place / "tmp"
        temporary.mkdir(mode=0o700)
        self.listener: socket.socket = bind("127.0.0.1", 0)
        self.url = address(self.listener)
        programs = own_programs(self.listener, str(temporary))
        first = next(program for program in programs if program.name == WORKERS[0])
        programs.insert(programs.index(first) + 1, replace(first, name=WORKERS[1]))
        programs += server_programs(self.servers)
        self.keeper = Keeper(programs, self.log_file.open("a"), self.env_of)
        for server in self.servers.all:
            self.keeper.spawned_at[server.name] = time.time()
        self.keeper.start()

    def stop(self) -> dict[int, str]:
        """Returns what is left of it, which should be nothing."""
        self.keeper.stop()
        self.servers.stop()
        self.listener.close()
        self.keeper.log.close()
        with contextlib.suppress(AssertionError):
            until(lambda: not alive(self.place) and not lock_files(self.place), 5)
        return alive(self.place)

    def env_of(self, name: str) -> dict[str, str]:
        env = {"DATABASE_URL": self.address_for(name), "BY": str(self.place)}
        if self.is_clocked and name in HOSTS:
            env |= {"PYTHONPATH": str(CLOCKED), "CLOCK": str(self.clock_of(name))}
        return env

    def keep_while(self, act: Callable[[], None]) -> None:
        """The supervisor's loop, until `act` in a thread of its own comes to its end."""
        failures: list[BaseException] = []

        def run() -> None:
            try:
                act()
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        while thread.is_alive():
            self.keeper.tick(0.05)
        if failures:
            raise failures[0]

    # --- Who is there ---------------------------------------------------------------------------------

    def program(self, name: str) -> Program:
        return next(program for program in self.keeper.programs if program.name == name)

    def pid(self, name: str) -> int | None:
        """Of a living one."""
        process = self.program(name).process
        return process.pid if process and state_of(process.pid) not in "ZX" else None

    def pids(self, name: str) -> list[int]:
        """With all its descendants."""
        pid = self.pid(name)
        return [] if pid is None else [pid, *descendants(pid)]

    def orphans(self) -> dict[int, str]:
        """Processes of ours that belong to no program."""
        found = alive(self.place)
        ours = {pid for program in self.keeper.programs for pid in self.pids(program.name)}
        return {pid: what for pid, what in found.items() if pid not in ours and state_of(pid) not in "ZX"}

    # --- Hands ----------------------------------------------------------------------------------------

    def forgive(self) -> None:
        """As if all had lived for a while: who died in a row is started again later each time."""
        for program in self.keeper.programs:
            program.deaths = 0

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Until it is dead and buried."""
        process = self.signal(name, number)
        until(lambda: self.program(name).process is not process, 20, f"the end of {name}")

    def signal(self, name: str, number: int) -> subprocess.Popen[bytes]:
        process = self.program(name).process
        assert process is not None, f"{name} is not running"
        os.kill(process.pid, number)
        return process

    @contextlib.contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """They are killed, and nobody starts them again until the end of it."""
        self.keeper.down |= {*names}
        try:
            for name in names:
                self.kill(name)
            yield
        finally:
            self.keeper.down -= {*names}

    @contextlib.contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """With all its descendants, those too that are forked just now."""

        def stand_still() -> bool:
            moving = [pid for pid in self.pids(name) if state_of(pid) not in "TZX"]
            signal_all(moving, signal.SIGSTOP)
            return not moving

        assert self.pid(name), f"{name} is not running"
        try:
            until(stand_still, 5, f"{name} to stand still")
            yield
        finally:
            signal_all(self.pids(name), signal.SIGCONT)

    def clock_of(self, name: str) -> Path:
        return self.place / f"clock-{name}"

    def set_clock(self, seconds: float, *names: str) -> None:
        for name in names:
            new = self.clock_of(name).with_suffix(".new")
            new.write_text(str(seconds))
            new.replace(self.clock_of(name))


def descendants(pid: int) -> list[int]:
    try:
        found = children(pid)
    except OSError:
        return []
    return [each for child in found for each in (child, *descendants(child))]


def signal_all(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def state_of(pid: int) -> str:
    """As in /proc: R, S, T, Z and so on; X when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"
