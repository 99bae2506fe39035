"""Real Celery workers on the test database, and brokers that may be hurt."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from redis import Redis

from config.embedded import Valkey
from config.lifeline import spawn, tied
from tests.processes import until

CLOSED = "redis://127.0.0.1:1/0"  # nothing listens there
CELERY = [sys.executable, "-m", "celery", "--workdir", str(settings.BASE_DIR)]


def environment_of_tests(**own: str) -> dict[str, str]:
    """For a process on the test database."""
    return os.environ | {"DATABASE_URL": address(os.environ["DATABASE_URL"])} | own


def address(server: str) -> str:
    """Of the test database, there."""
    return urlsplit(server)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@contextlib.contextmanager
def worker(
    application: str = "config", *, redis_url: str | None = None, **own: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Yields when it is ready; without a broker it never says so, and is yielded at once."""
    env = environment_of_tests(**{"REDIS_URL": redis_url or settings.REDIS_URL} | own)
    command = [*CELERY, "-A", application, "worker", "-Q", "timers,default", "-c", "1", "-l", "info"]
    quiet = ["--without-heartbeat", "--without-gossip", "--without-mingle"]
    with tempfile.NamedTemporaryFile() as log:
        process = spawn([*command, *quiet], tied(signal.SIGKILL), env=env, stdout=log, stderr=log)
        try:
            if redis_url is None:
                until(lambda: b"ready." in Path(log.name).read_bytes() or process.poll() is not None, 90)
                assert process.poll() is None, Path(log.name).read_text()
            yield process
            assert process.poll() is None, Path(log.name).read_text()
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def own_broker() -> Iterator[tuple[str, Redis]]:
    """Its address, and a client."""
    with tempfile.TemporaryDirectory(prefix="workbin-broker-") as name:
        place = Path(name)
        (place / "log").mkdir()
        valkey = Valkey(place, place)
        process = valkey.spawn()
        try:
            until(valkey.is_ready)
            with Redis.from_url(valkey.url) as client:
                yield valkey.url, client
        finally:
            process.kill()
            process.wait()
