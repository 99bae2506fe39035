"""Instants out of PostgreSQL, read by Python's own parser: Django's loader matches a pattern for each."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg import postgres
from psycopg.adapt import Loader
from psycopg.types.datetime import TimestamptzLoader

OID = postgres.types["timestamptz"].oid


class UtcLoader(Loader):
    """For a connection in UTC, which Django's are."""

    timezone = UTC  # by this Django sees that it need not register its own

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:  # infinity, and years that Python has none of
            return TimestamptzLoader(self.oid, self.connection).load(data)


def register(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.timezone == UTC:
        connection.connection.adapters.register_loader(OID, UtcLoader)


connection_created.connect(register)
