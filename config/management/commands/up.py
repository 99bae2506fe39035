"""Everything in the foreground, on one port."""

import shutil
import signal
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from config import demo, embedded, production
from config.listener import address, allow_host, answers, bind
from config.supervisor import Program, Supervisor, command


class Stop(BaseException):
    """Asked to stop before all was running."""


class Command(BaseCommand):
    stops = 0
    help = "Run web, worker and beat, with an embedded PostgreSQL and Valkey where none are named."
    requires_system_checks = ("settings", Tags.compatibility)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--data-dir", default=".data", help="where the embedded servers keep their data")
        parser.add_argument("--demo", action="store_true", help="a small contact centre, already at work")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        servers = embedded.current
        if servers is None:
            raise CommandError("start it as `manage.py up` or `workbin up`")
        if options["demo"] and (why := production.why_no_demo()):
            raise CommandError(why)
        listener = bind(host, port)
        on_stop_signals(self.note_stop)
        allow_host(host)
        if servers.all:  # which takes some seconds, the first time
            self.stdout.write(f"Starting the embedded servers in {servers.data_dir}.")
            self.stdout.flush()
        try:
            servers.start()
            self.go_on()
            self.run(servers, listener, options["demo"])
        except embedded.EmbeddedError as error:
            raise CommandError(str(error)) from None
        except Stop:
            pass
        except Exception:
            if not self.stops:  # else it comes of our breaking off
                raise
        finally:
            servers.stop()
            listener.close()

    def note_stop(self, number: int, frame: FrameType | None) -> None:
        self.stops += 1
        if self.stops > 1:  # the first one waits for the end of the step, so that nothing breaks
            raise Stop

    def go_on(self) -> None:
        if self.stops:
            raise Stop

    def run(self, servers: embedded.Servers, listener: socket.socket, with_demo: bool) -> None:
        url = address(listener)
        migrate()
        if why := production.why_not():
            raise CommandError(why)
        self.go_on()
        programs = demo.prepare(servers.data_dir, url) if with_demo else []
        self.go_on()
        # kombu leaves files there whenever the broker drops, and what is killed leaves its own.
        temporary = servers.data_dir / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(mode=0o700, parents=True)
        programs += own_programs(listener, str(temporary)) + server_programs(servers)
        supervisor = Supervisor(programs)
        on_stop_signals(supervisor.request_stop)
        supervisor.stop_requests += self.stops
        try:
            supervisor.start()
            announced = False
            while not supervisor.stop_requests:
                supervisor.tick()
                if not announced and answers(listener):
                    announced = True
                    self.announce(url, servers, with_demo)
        finally:
            supervisor.say("stopping")
            supervisor.stop()
            shutil.rmtree(temporary, ignore_errors=True)

    def announce(self, url: str, servers: embedded.Servers, with_demo: bool) -> None:
        out = self.stdout.write
        keys = demo.keys(servers.data_dir) if with_demo else {}
        out("\nWorkbin is ready.\n\n")
        for name, path in {"desk": "desk/", "admin": "admin/", "docs": "api/docs/", "API": "api/v1/"}.items():
            out(f"  {name:<6} {url}/{path}")
            if name in keys:
                out(f"         {keys[name]}")
        if with_demo:
            out(demo.invitation(servers.data_dir, url))
        kept = f" The data stays in {servers.data_dir}." if servers.all else ""
        out(f"\nCtrl-C stops everything.{kept}\n")
        self.stdout.flush()


def on_stop_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup has ignored it
            signal.signal(number, handler)


def migrate() -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise CommandError(f"the database does not answer: {str(error).splitlines()[0]}") from None
    finally:
        connections.close_all()


def own_programs(listener: socket.socket, temporary: str) -> list[Program]:
    """Of one kind those that are stopped at once; the kinds in the order in which they are stopped."""
    python, here = sys.executable, settings.BASE_DIR
    fd = listener.fileno()
    web = [python, "-W", "ignore:No directory at", "-m", "config.web", str(fd)]
    quiet = ["-W", "ignore:You're running the worker with superuser"]
    celery = [python, *quiet, "-m", "celery", "--quiet", "-A", "config"]
    worker = [*celery, "worker", "-Q", "timers,default", "-c", str(settings.WORKER_PROCESSES)]
    worker += ["-l", "warning", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "-l", "warning", "--pidfile="]
    return [
        *(
            Program(f"web-{number + 1}", "ours", command(web, here, keep_open=(fd,)))
            for number in range(settings.WEB_PROCESSES)
        ),
        Program("worker", "ours", command(worker, here, TMPDIR=temporary)),
        Program("beat", "ours", command(beat, here, TMPDIR=temporary), patience=3),
    ]


def server_programs(servers: embedded.Servers) -> list[Program]:
    return [
        Program(
            server.name,
            server.name,
            spawn=lambda server=server: servers.spawn(server),  # type: ignore[misc]
            stop_signal=server.stop_signal,
            patience=server.patience,
            log=server.log,
            process=servers.processes.pop(server.name),
        )
        for server in servers.all
    ]
