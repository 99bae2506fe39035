"""Servers and data that are thrown away."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from config import embedded

Environment = dict[str, str]  # in which Django finds them


@contextlib.contextmanager
def own() -> Iterator[Environment]:
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)  # whatever they name may be dear to somebody
    with (
        tempfile.TemporaryDirectory(prefix="workbin-servers-") as place,
        embedded.servers(Path(place), fsync=False) as servers,
    ):
        yield {
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "SECRET_KEY": "only-for-the-tests-" + "x" * 40,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }


@contextlib.contextmanager
def copied(environment: Environment) -> Iterator[Environment]:
    """The same with a copy of the database, to which nobody may be connected now."""
    url = environment["DATABASE_URL"]
    with psycopg.connect(url.replace("/workbin?", "/postgres?"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE copy TEMPLATE workbin")
        try:
            yield environment | {"DATABASE_URL": url.replace("/workbin?", "/copy?")}
        finally:
            connection.execute("DROP DATABASE copy WITH (FORCE)")
