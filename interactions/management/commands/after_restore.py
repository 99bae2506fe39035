from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interactions import sessions
from interactions.models import Service, Session
from interactions.progress import progress_bars
from interactions.restoring import GAP, skip_ids
from interactions.signals import Actor

RESTORE = Actor("admin", "after_restore")


class Command(BaseCommand):
    help = (
        "Run once when the database was restored from a backup, before anything else is started: it ends all "
        "sessions, and no id is drawn again that may have been drawn since the backup."
    )
    requires_system_checks = ("settings",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-input", action="store_true", help="do not ask")

    def handle(self, *args: Any, no_input: bool, **options: Any) -> None:
        if not no_input and not is_wanted():
            self.stdout.write("Nothing was changed.")
            return
        self.stdout.write(f"Ids go on {GAP:,} later, those of {skip_ids()} tables.")
        # Some of them had ended since the backup: their tokens must not come alive.
        open_ones = list(Session.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True))
        with progress_bars() as progress:
            for session in progress.track(open_ones, description="ending sessions"):
                sessions.end_session(RESTORE, session)
        self.stdout.write(f"{len(open_ones)} sessions were ended. What they held waits again.")
        names = Service.objects.exclude(token_hash=None).order_by("name").values_list("name", flat=True)
        if names:
            self.stdout.write(f"Tokens of services are those of the backup: {', '.join(names)}.")


def is_wanted() -> bool:
    try:
        return input("End the sessions of all agents? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
