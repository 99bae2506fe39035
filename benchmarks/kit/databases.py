"""Several databases on the one server, so that floors of different sizes are measured in turn."""

import contextlib
from collections.abc import Iterator

from django.db import connection, connections


class Database:
    """A copy of ours as it is when this is made. In `in_use()` all that asks the database asks this one."""

    def __init__(self, name: str) -> None:
        quote, ours = connection.ops.quote_name, connection.settings_dict["NAME"]
        self.connection, server = connection.copy(), connection.copy()
        self.connection.settings_dict["NAME"], server.settings_dict["NAME"] = name, "postgres"
        connection.close()  # nobody may be connected to what is copied
        with server.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(ours)}")
        server.close()

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        ours = connections["default"]
        connections["default"] = self.connection
        try:
            yield
        finally:
            connections["default"] = ours

    def close(self) -> None:
        self.connection.close()
