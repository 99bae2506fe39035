"""Compare the event log with the tables."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from interactions.errors import Unavailable
from interactions.progress import progress_bars
from reporting import audit
from reporting.audit.show import show
from reporting.locks import AlreadyRunning

NOT_DONE = 2  # the exit code, for 1 is a difference


class Command(BaseCommand):
    help = "Replay the event log and compare where it leads with the tables. Exits with 1 if they differ."
    requires_system_checks = ("settings",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from-checkpoint", action="store_true", help="begin where the last checkpoint was left"
        )
        parser.add_argument("--checkpoint", action="store_true", help="leave a checkpoint, if all agrees")
        parser.add_argument("--limit", type=int, default=audit.LIMIT, help="differences that are shown")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with progress_bars() as progress:
                task = progress.add_task("replaying to interaction", total=None)
                report = audit.audit(
                    from_checkpoint=options["from_checkpoint"],
                    leave_checkpoint=options["checkpoint"],
                    limit=options["limit"],
                    progress=lambda at, last: progress.update(task, completed=at, total=last),
                )
        except AlreadyRunning:
            text = "another audit is about to leave a checkpoint: wait for its end"
            raise CommandError(text, returncode=NOT_DONE) from None
        except Unavailable as error:
            raise CommandError(str(error), returncode=NOT_DONE) from None
        except KeyboardInterrupt:
            raise CommandError("interrupted; nothing was changed", returncode=130) from None
        audit.record(report)
        show(report, Console())
        if report.differing:
            raise CommandError(f"{report.differing} differences between the log and the tables")
