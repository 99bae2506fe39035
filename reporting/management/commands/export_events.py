"""Write the event log as JSON Lines or CSV."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from interactions.api.cursors import decode, encode
from interactions.errors import Invalid, Unavailable
from interactions.progress import progress_bars
from reporting import cursor
from reporting.export import FORMATS, HEADS, pages

FILTERS = ("event", "interaction", "queue", "agent", "workbin")
INTERRUPTED, NOBODY_READS = 130, 141  # as a shell says of SIGINT and SIGPIPE


def moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no instant such as 2026-11-22T14:00:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Write the events that there are at present, each as the API shows it, and the cursor to go on from."
    )
    requires_system_checks = ("settings",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=list(FORMATS), default="jsonl")
        parser.add_argument("--after", metavar="CURSOR", help="go on from there; default: the first event")
        parser.add_argument("--from", type=moment, dest="since", metavar="T", help="UTC unless it says more")
        parser.add_argument("--to", type=moment, dest="until", metavar="T", help="exclusive")
        parser.add_argument("--event", metavar="E", help="such as EventPartyAdded")
        parser.add_argument("--queue", metavar="NAME")
        parser.add_argument("--agent", metavar="USERNAME")
        parser.add_argument("--workbin", type=int, metavar="ID")
        parser.add_argument("--interaction", type=int, metavar="ID")
        parser.add_argument("--output", type=Path, metavar="FILE", help="there when whole; default: stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        filters = {name: options[name] for name in FILTERS if options[name] is not None}
        filters |= {name: options[name] for name in ("since", "until") if options[name]}
        start = position = begin(options["after"])
        try:
            with destination(options["output"]) as file:
                for reached in export(file, options["format"], start, filters):
                    position = reached
        except KeyboardInterrupt:
            written = start if options["output"] else position
            raise CommandError(f"interrupted; {go_on(written)}", returncode=INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would complain at exit
            sys.exit(NOBODY_READS)
        except OSError as error:
            raise CommandError(f"{options['output'] or 'stdout'}: {error.strerror}") from None
        except Unavailable as error:
            written = start if options["output"] else position
            raise CommandError(f"{error} Try again; {go_on(written)}") from None
        self.stderr.write(go_on(position))


def begin(after: str | None) -> int:
    if after is None:
        return 0
    try:
        [found] = decode(after, "after")
    except Invalid:
        raise CommandError(f"{after!r} is no cursor of this server") from None
    if not cursor.horizon.has_come_to(found):
        raise CommandError(f"{after!r} is no cursor of this server: the log is shorter")
    return found


def go_on(position: int) -> str:
    return f"to go on from there: --after {encode(position)}"


def export(file: BinaryIO, form: str, after: int, filters: dict[str, Any]) -> Iterator[int]:
    """Page by page; yields the cursor behind what has been written."""
    with progress_bars(with_counts=False) as progress:
        task = progress.add_task("exporting", total=max(cursor.horizon.newest() - after, 1))
        file.write(HEADS[form]())
        count = 0
        for events, position in pages(after, **filters):
            file.write(FORMATS[form](events))
            file.flush()
            count += len(events)
            progress.update(task, completed=position - after, description=f"{count:,} events")
            yield position


@contextmanager
def destination(output: Path | None) -> Iterator[BinaryIO]:
    """A file is written beside and takes its name when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with beside.open("xb") as file:
            yield file
            os.fsync(file.fileno())
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
