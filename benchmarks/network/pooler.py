"""PgBouncer on the databases' host, in transaction mode."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.network.databases import Databases
from config.embedded import kept_secret
from config.lifeline import spawn, tied
from interactions import sql

PORT, CONNECTIONS = 6432, 8
USER = "nobody"  # it will not run as root
OLDEST = (1, 21)  # has max_prepared_statements

_SETTINGS = """
[databases]
workbin = host={host} port=5432

[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 1000
max_prepared_statements = 500
ignore_startup_parameters = options
user = {user}
"""


def pgbouncer() -> str | None:
    """The one in PGBOUNCER, or on the path; None if there is none that is new enough."""
    found = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer")
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    return found if version and tuple(map(int, version.groups())) >= OLDEST else None


@contextlib.contextmanager
def pooling(program: str, databases: Databases) -> Iterator[str]:
    """The DATABASE_URL. What our settings ask for in `options` is the role's here."""
    for setting in ("lock_timeout = '2s'", "idle_in_transaction_session_timeout = '5s'"):
        sql.run(f"ALTER ROLE workbin SET {setting}")
    host = databases.host.address
    given = {"host": host, "port": PORT, "connections": CONNECTIONS, "user": USER}
    with tempfile.TemporaryDirectory(prefix="workbin-pooler-") as place:
        users, settings, log = (Path(place, name) for name in ("users", "pgbouncer.ini", "log"))
        users.write_text(f'"workbin" "{kept_secret(databases.network.password_file)}"\n')
        settings.write_text(_SETTINGS.format(users=users, **given))
        for path in (place, users, settings):
            shutil.chown(path, USER)
        with databases.host.entered(), log.open("wb") as said:
            process = spawn([program, str(settings)], tied(signal.SIGTERM), stdout=said, stderr=said)
        try:
            time.sleep(1)
            assert process.poll() is None, log.read_text()
            yield databases.network.url_at(f"{host}:{PORT}")
        finally:
            process.kill()
            process.wait()
