"""Workbin on several hosts: databases, two web, two workers of which one has the beat, a client."""

import contextlib
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.kit import processes
from benchmarks.kit.processes import Site
from benchmarks.network.databases import Databases
from benchmarks.network.namespaces import Host, hosts
from interactions.sql import fetch_value

PORT = 8000
PATIENCE = 60.0  # seconds


class Cluster:
    """Until `stack` ends."""

    def __init__(self, place: Path, stack: ExitStack) -> None:
        self.stack = stack
        self.hosts = stack.enter_context(hosts(["db", "web-a", "web-b", "worker-a", "worker-b", "client"]))
        self.database, self.web_a, self.web_b, *self.worker_hosts, self.client = self.hosts
        self.databases = Databases(place, self.database)
        with self.database.entered():
            self.databases.start()
        stack.callback(self.databases.stop)
        self.env = {
            "DATABASE_URL": self.databases.network.network_url,
            "REDIS_URL": self.databases.network_redis_url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": ",".join(["localhost", *(host.address for host in self.hosts)]),
            "NO_PROXY": "*",
        }
        os.environ["NO_PROXY"] = "*"
        self.on(self.database, "manage.py", "migrate", "--verbosity", "0").wait()
        for host in self.worker_hosts:
            with host.entered():
                stack.enter_context(processes.worker(2, **self.env))
        self.on(self.worker_hosts[0], "-m", "celery", "--quiet", "-A", "config", "beat", "--pidfile=")
        self.webs = [self.web(self.web_a), self.web(self.web_b)]

    def on(self, host: Host, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `python ARGUMENTS` on a host."""
        with host.entered():
            return self.stack.enter_context(processes.running(*arguments, env=self.env))

    def web(self, host: Host, port: int = PORT, **env: str) -> Site:
        with host.entered():
            address = host.address, port
            return self.stack.enter_context(processes.web(1, address=address, env=self.env | env))

    def cpu(self) -> dict[str, float]:
        """Seconds so far."""
        return {
            "web": self.web_a.cpu() + self.web_b.cpu(),
            "PostgreSQL": self.database.cpu("postgres"),
            "Valkey": self.database.cpu("valkey"),
        }

    def can_delay(self) -> bool:
        return self.client.delay(1) and self.client.delay(0)

    @contextlib.contextmanager
    def delayed(self, milliseconds: float) -> Iterator[None]:
        """Each host sends so much later."""
        for host in self.hosts:
            host.delay(milliseconds)
        try:
            yield
        finally:
            for host in self.hosts:
                host.delay(0)

    def until_ended(self, after: int) -> None:
        """All holds that came after this party and do not last for long."""
        open_ones = (
            "SELECT count(*) FROM interactions_party WHERE ended_at IS NULL AND id > %(after)s "
            "AND deadline_at < statement_timestamp() + interval '1 minute'"
        )
        give_up_at = time.monotonic() + PATIENCE
        while count := fetch_value(open_ones, {"after": after}):
            assert time.monotonic() < give_up_at, f"{count} holds are still open"
            time.sleep(0.05)
