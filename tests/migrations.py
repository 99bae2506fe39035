"""What a migration locks, as squawk reads it from its SQL."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

# Those up to these meet empty tables: they are in the first release.
FIRST_RELEASE = {"interactions": "0009_storage", "workbins": "0001_initial", "reporting": "0007_storage"}

# Of taste; and the waits for locks are bounded by our `migrate`.
NOT_OURS = (
    "prefer-bigint-over-int",
    "prefer-text-field",
    "prefer-robust-stmts",
    "require-lock-timeout",
    "require-statement-timeout",
)


def later_ones() -> list[tuple[str, str]]:
    """App and name of each migration since the first release."""
    known = MigrationLoader(connection).disk_migrations
    return sorted((app, name) for app, name in known if name > FIRST_RELEASE.get(app, "~"))


def sql_of(app: str, name: str) -> str:
    """Errors: CommandError."""
    return call_command("sqlmigrate", app, name, no_color=True)


def faults(sql: str) -> list[str]:
    """`rule: statement`, of each that keeps others waiting or breaks those who run the code of before."""
    squawk = Path(sys.executable).with_name("squawk")
    command = [str(squawk), "--reporter", "json", "--pg-version", "15.0", "--exclude", ",".join(NOT_OURS)]
    told = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    found: list[dict[str, Any]] = json.loads(told.stdout or "[]")
    assert bool(found) == bool(told.returncode), told.stderr
    lines = sql.splitlines()
    return [f"{fault['rule_name']}: {lines[fault['line']]}" for fault in found]
