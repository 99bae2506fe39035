"""SQL alone, sent by pgbench to the same server and tables."""

import re
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.kit.tools import pgbench

CLIENTS = 8


def transactions_a_second(
    script: Path, *, seconds: float = 5, transactions: int = 0, clients: int = CLIENTS, **variables: Any
) -> float:
    """For so many seconds, or so many transactions of each client. `variables` are the script's. Statements
    are prepared, as ours are.
    """
    given = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
    length = ["-t", str(transactions)] if transactions else ["-T", f"{seconds:g}"]
    command = [str(pgbench()), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", *length]
    done = subprocess.run(
        [*command, *given, "-f", str(script), conninfo()], capture_output=True, text=True, check=False
    )
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    failed = re.search(r"number of failed transactions: ([0-9]+)", done.stdout)
    if done.returncode or not found or (failed and int(failed[1])):
        raise RuntimeError(f"pgbench {script.name}: {done.stderr[-2000:]}{done.stdout[-500:]}")
    return float(found[1])


def conninfo() -> str:
    """What Django gives psycopg, in libpq's words."""
    given = connection.get_connection_params()
    words = {name: given.get(name) for name in ("host", "port", "user", "password", "dbname", "options")}
    quoted = {name: str(value).replace("\\", "\\\\") for name, value in words.items() if value}
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())
