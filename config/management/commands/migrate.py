"""Django's `migrate`, beside a system at work.

Whoever waits for a lock on a table keeps all that come after behind it. So a migration waits for a quarter
of a second at most, then steps aside and tries again; and so does one that PostgreSQL cut off because it
stood still with its locks. One that is not atomic builds or drops indexes concurrently, which waits for old
transactions and keeps nobody waiting: it may take its time.
"""

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import DatabaseError, connections
from django.db.migrations import Migration

LOCK_MILLISECONDS = 250
PAUSE = 0.5  # seconds, for those who had to wait
PATIENCE = 600.0  # seconds
IN_USE, STOOD_STILL = "the table is in use", "it stood still for too long"
STEPPED_ASIDE = {
    "55P03": IN_USE,  # lock not available
    "40P01": IN_USE,  # deadlock
    "25P03": STOOD_STILL,  # idle in transaction
}


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        self.database = connections[options["database"]]
        give_up_at = time.monotonic() + PATIENCE
        try:
            while not self.is_done(give_up_at, *args, **options):
                time.sleep(PAUSE)
        finally:
            self.set_lock_timeout("DEFAULT")

    def is_done(self, give_up_at: float, *args: Any, **options: Any) -> bool:
        """What an attempt has applied stays applied."""
        try:
            super().handle(*args, **options)
        except DatabaseError as error:
            why = STEPPED_ASIDE.get(getattr(error.__cause__, "sqlstate", ""))
            if why is None or time.monotonic() > give_up_at:
                raise
            if options["verbosity"] >= 1:
                self.stdout.write(f" {why}, trying again")
            return False
        return True

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        if migration is not None and action in ("apply_start", "unapply_start"):
            self.set_lock_timeout(f"'{LOCK_MILLISECONDS}ms'" if migration.atomic else "0")
        super().migration_progress_callback(action, migration, fake)

    def set_lock_timeout(self, value: str) -> None:
        if self.database.connection is not None and not self.database.needs_rollback:
            with self.database.cursor() as cursor:
                cursor.execute(f"SET lock_timeout TO {value}")
