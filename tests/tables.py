"""Every row of ours, and how to be rid of them."""

from typing import Any

import psycopg
from django.apps import apps

from interactions.sql import fetch_all
from tests.crowd import connect

OURS = ("interactions", "workbins", "reporting", "auth", "sessions", "admin")
KEPT = {"auth_permission"}


def names() -> list[str]:
    models = [m for app in OURS for m in apps.get_app_config(app).get_models(include_auto_created=True)]
    return [model._meta.db_table for model in models if model._meta.db_table not in KEPT]


class Sweeper:
    """In a session for this alone, which knows the tables. One of a scene would have to learn all of them: a
    tenth and more of what most scenes cost the database."""

    def __init__(self) -> None:
        self.session: psycopg.Connection[Any] | None = None

    def enter(self) -> psycopg.Connection[Any]:
        if self.session is None or self.session.closed:  # a scene may have ended all sessions
            self.session = connect(autocommit=True, options="-c lock_timeout=20s")
        return self.session

    def sweep(self) -> None:
        """In one round trip; foreign keys are checked at its end."""
        words = "DO $$ BEGIN " + "".join(f"DELETE FROM {name};" for name in names()) + " END $$"
        try:
            self.enter().execute(words)
        except psycopg.OperationalError:
            if self.session and not self.session.closed:
                raise
            self.enter().execute(words)

    def leave(self) -> None:
        """A database with somebody in it cannot be dropped."""
        if self.session:
            self.session.close()


sweeper = Sweeper()


def empty() -> None:
    sweeper.sweep()


def rows(*left_out: str) -> dict[str, list[str]]:
    """All rows as text, to see that nothing changed."""
    tables = set(names()) - set(left_out)
    return {
        name: [row for (row,) in fetch_all(f"SELECT t::text FROM {name} t ORDER BY 1")] for name in tables
    }
