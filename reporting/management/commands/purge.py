"""Delete what is older than anyone wants to keep."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from interactions.errors import Unavailable
from interactions.progress import progress_bars
from reporting import retention
from reporting.forgetting import Busy
from reporting.locks import AlreadyRunning
from reporting.retention import Ages

UNITS = {"d": "days", "h": "hours"}


def age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([dh])", text)
    if not found or not int(found[1]):
        raise ArgumentTypeError(f"{text!r} is no age: write 90d for days or 12h for hours")
    span = timedelta(**{UNITS[found[2]]: int(found[1])})
    if span.days > settings.MOST_DAYS:
        raise ArgumentTypeError(f"{text!r} is longer than {settings.MOST_DAYS}d, which is the longest")
    return span


class Command(BaseCommand):
    help = "Delete interactions that were stopped, and events of what has ended, longer ago than these ages."
    requires_system_checks = ("settings",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = "; by default the setting {}, and without it they are kept"
        parser.add_argument(
            "--interactions-older-than",
            type=age,
            metavar="90d",
            help="since they were stopped" + default.format("INTERACTIONS_KEPT"),
        )
        parser.add_argument(
            "--events-older-than",
            type=age,
            metavar="365d",
            help="since their interaction was stopped or their session ended" + default.format("EVENTS_KEPT"),
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = Ages.of_settings()
        ages = Ages(
            options["interactions_older_than"] or kept.interactions,
            options["events_older_than"] or kept.events,
        )
        if not ages:
            raise CommandError(
                "everything is kept: say --interactions-older-than or --events-older-than, or set "
                "INTERACTIONS_KEPT or EVENTS_KEPT"
            )
        gone = self.dry_run(ages) if options["dry_run"] else self.purge(ages)
        table = Table("would go" if options["dry_run"] else "gone", "", show_edge=False)
        table.columns[1].justify = "right"
        for what, count in gone.items():
            table.add_row(what, f"{count:,}")
        Console().print(table)

    def dry_run(self, ages: Ages) -> dict[str, int]:
        bounds = retention.promised(ages)
        gone = {}
        if bounds.interactions_before:
            gone["interactions"] = retention.count_interactions(bounds.interactions_before)
        if bounds.events_before:
            for found in retention.stock(bounds.events_before):
                whole = ", the whole month" if found.goes_whole(bounds.events_before) else ""
                gone[f"events of {found.month.begins_at:%Y-%m}{whole}"] = found.going
        return gone

    def purge(self, ages: Ages) -> dict[str, int]:
        gone: dict[str, int] = {}
        tasks: dict[str, Any] = {}
        try:
            with progress_bars() as progress:

                def tell(what: str, count: int, total: int | None) -> None:
                    gone[what] = count
                    task = tasks.get(what)
                    if task is None:
                        task = tasks[what] = progress.add_task(what)
                    progress.update(task, completed=count, total=total)

                retention.purge(ages, tell)
        except AlreadyRunning:
            raise CommandError("another purge is at work: wait for its end") from None
        except (Busy, Unavailable) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("interrupted; the same command goes on from here", returncode=130) from None
        return gone
