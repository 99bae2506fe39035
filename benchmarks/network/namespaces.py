"""Hosts on one machine: network namespaces with an address each, on a bridge. They share its cores.

Whatever is started inside `host.entered()` runs on that host. Sockets of the file system are seen from all.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.kit import processes
from benchmarks.kit.tools import tool
from config import lifeline

NETWORK = "10.77.0"
CLONE_NEWNET = 0x40000000


@dataclass(slots=True)
class Host:
    name: str
    number: int
    prefix: str

    @property
    def address(self) -> str:
        return f"{NETWORK}.{self.number}"

    @property
    def namespace(self) -> str:
        return f"{self.prefix}-{self.name}"

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Our thread, and what it starts, is on this host."""
        with open("/proc/thread-self/ns/net") as ours:
            enter(Path("/run/netns", self.namespace))
            try:
                yield
            finally:
                enter(Path(f"/proc/self/fd/{ours.fileno()}"))

    @contextlib.contextmanager
    def cut_off(self) -> Iterator[None]:
        """Its cable is pulled out."""
        cable = ["-n", f"{self.prefix}-bridge", "link", "set", self.name]
        ip(*cable, "down")
        try:
            yield
        finally:
            ip(*cable, "up")

    def delay(self, milliseconds: float) -> bool:
        """Of what it sends; 0 takes it away. False if this kernel cannot."""
        words = ["add", "dev", "eth0", "root", "netem", "delay", f"{milliseconds:g}ms"]
        if not milliseconds:
            words = ["del", "dev", "eth0", "root"]
        command = ["ip", "netns", "exec", self.namespace, "tc", "qdisc", *words]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def cpu(self, program: str = "") -> float:
        """Seconds that its processes have taken so far, with those of their children that have ended."""
        return sum(processes.cpu(int(pid), program) for pid in self.pids())

    def pids(self) -> list[str]:
        command = [tool("ip"), "netns", "pids", self.namespace]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """All its processes stand still."""
        for pid in self.pids():
            os.kill(int(pid), signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in self.pids():
                os.kill(int(pid), signal.SIGCONT)


@contextlib.contextmanager
def hosts(names: Sequence[str]) -> Iterator[list[Host]]:
    """Gone at the end, also after Ctrl-C and when it is terminated."""
    if os.geteuid():
        sys.exit("Only root may make network namespaces: run this benchmark as root.")
    prefix = f"workbin-{os.getpid()}"
    made = [Host(name, number, prefix) for number, name in enumerate(names, start=11)]
    terminated = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        build(prefix, made)
        yield made
    finally:
        for name in ["bridge", *names]:
            subprocess.run(["ip", "netns", "del", f"{prefix}-{name}"], capture_output=True, check=False)
        signal.signal(signal.SIGTERM, terminated)


def build(prefix: str, made: Sequence[Host]) -> None:
    bridge = f"{prefix}-bridge"
    ip("netns", "add", bridge)
    ip("-n", bridge, "link", "add", "bridge", "type", "bridge")
    ip("-n", bridge, "link", "set", "bridge", "up")
    for host in made:
        ip("netns", "add", host.namespace)
        cable = ["type", "veth", "peer", "name", "eth0", "netns", host.namespace]
        ip("-n", bridge, "link", "add", host.name, *cable)
        ip("-n", bridge, "link", "set", host.name, "master", "bridge", "up")
        ip("-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", host.namespace, "link", "set", device, "up")


def ip(*words: str) -> None:
    subprocess.run([tool("ip"), *words], check=True)


def enter(namespace: Path) -> None:
    assert lifeline.libc is not None, "on Linux alone"
    with namespace.open() as file:
        if lifeline.libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(f"cannot enter {namespace}")
