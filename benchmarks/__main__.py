"""`python -m benchmarks NAME`: measure one promise on a PostgreSQL and a Valkey of its own.

DATABASE_URL and REDIS_URL, where set, name others; the database should then be an empty one.
"""

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django

from config import embedded

NAMES = {
    "plans": "the plans of pull, reset and revocation at a million interactions",
    "now": "what a look at the present costs at a million interactions and 100,000 holds",
    "find": "what a page of GET interactions costs at a million interactions",
    "feed": "what a page of GET reporting/events costs at five million events, or FEED_EVENTS",
    "lateness": "how late 1,000 holds that expire within one second are revoked",
    "waiting": "what 2,000 requests that wait cost one web process, and how soon they are answered",
    "audit": "how long an audit of 200,000 and of 1,000,000 events takes, and how much memory",
    "purge": "what a batch of stopped interactions costs at a million, and how PostgreSQL finds it",
    "broker": "how many messages the broker has with 100,000 open holds",
}


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in NAMES:
        sys.exit("\n".join([f"{__doc__}", *(f"  {name:<10} {what}" for name, what in NAMES.items())]))
    with (
        tempfile.TemporaryDirectory(prefix="workbin-bench-") as place,
        embedded.servers(Path(place)) as servers,
    ):
        os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        import_module(f"benchmarks.{sys.argv[1]}").run()
        connections.close_all()


main()
