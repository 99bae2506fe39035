"""Count the whole event log anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from interactions.progress import progress_bars
from reporting import retention
from reporting.cursor import horizon
from reporting.intervals.rebuild import rebuild
from reporting.locks import AlreadyRunning


class Command(BaseCommand):
    help = (
        "Count the intervals of reporting anew from the event log. The rows in use are replaced at the end."
    )
    requires_system_checks = ("settings",)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with progress_bars() as progress:
                counting = progress.add_task("events", total=horizon.newest())
                rebuilt = rebuild(retention.bound(), lambda event: progress.update(counting, completed=event))
        except AlreadyRunning:
            raise CommandError("another rebuild_intervals is running") from None
        except KeyboardInterrupt:
            raise CommandError("interrupted; the rows in use are as they were", returncode=130) from None
        found = f"{rebuilt.differences} rows were others, and are replaced" if rebuilt.differences else ""
        self.stdout.write(f"{rebuilt.events} events counted; {found or 'the rows are as they were'}.")
