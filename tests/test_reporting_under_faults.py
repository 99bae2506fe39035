"""After a busy while in which everything died once, each event is counted once: by the tasks, by a rebuild,
and by plain SQL."""

import contextlib
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from redis import Redis

from config.lifeline import spawn, tied
from interactions.sql import run
from reporting.cursor import horizon
from reporting.intervals import projector, rebuild
from reporting.models import Event
from tests import figures
from tests.audit import audit
from tests.processes import until
from tests.web import Web
from tests.workers import CELERY, environment_of_tests

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = ["worker", "-Q", "timers,default", "-c", "1", "--without-gossip", "--without-mingle"]


@contextlib.contextmanager
def celery(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that may be killed."""
    process = spawn(
        [*CELERY, "-A", "config", *arguments, "-l", "error"],
        tied(signal.SIGKILL),
        env=environment_of_tests(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def simulation(url: str) -> Iterator[None]:
    """It must come to its own verdict when it is asked to end."""
    terms = ["--agents", "4", "--rate", "6", "--quiet-share", "0.3", "--handling-timeout", "1"]
    command = [sys.executable, "manage.py", "simulate", *terms, "--url", url]
    with tempfile.NamedTemporaryFile() as log:
        env = environment_of_tests()
        process = subprocess.Popen(command, env=env, cwd=settings.BASE_DIR, stdout=log, stderr=log)
        try:
            yield
            process.send_signal(signal.SIGINT)
            assert process.wait(180) == 0, Path(log.name).read_text()
        finally:
            process.kill()
            process.wait()


def happened(event: str, times: int, **how: str) -> Callable[[], bool]:
    return lambda: Event.objects.filter(event=event, **how).count() >= times


def is_all_counted() -> bool:
    return projector.live().event == horizon.newest()


def cut_connections() -> None:
    run(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND backend_type = 'client backend'"""
    )


def test_counted_once_whatever_died(support: str, site: Web) -> None:
    with simulation(site.url):
        with celery(*WORKER) as worker, celery("beat") as beat:
            until(happened("EventProcessingStopped", 3), 120, "work")
            until(lambda: projector.live().event > 0, 90, "the first events to be counted")
            worker.kill()
            beat.kill()
            Redis.from_url(settings.REDIS_URL).flushall()
        counted = projector.live().event
        with celery(*WORKER), celery("beat"), celery(*WORKER) as second:
            until(lambda: projector.live().event > counted, 90, "more to be counted")
            cut_connections()
            second.kill()
            until(happened("EventRevoked", 4, reason="Expired"), 120, "revocations")
            until(happened("EventProcessingStopped", 6), 120, "more work")
    with celery(*WORKER), celery("beat"):
        until(is_all_counted, 90, "the rest to be counted")

    audit()
    assert figures.stored() == figures.counted()
    assert rebuild.rebuild().differences == 0
    assert figures.stored() == figures.counted()
