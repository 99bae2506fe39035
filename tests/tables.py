"""Every row of ours, and how to be rid of them."""

from django.apps import apps

from interactions.sql import fetch_all, run

OURS = ("interactions", "workbins", "reporting", "auth", "sessions", "admin")
KEPT = {"auth_permission"}


def names() -> list[str]:
    models = [m for app in OURS for m in apps.get_app_config(app).get_models(include_auto_created=True)]
    return [model._meta.db_table for model in models if model._meta.db_table not in KEPT]


def empty() -> None:
    """In one round trip; foreign keys are checked at its end."""
    run("DO $$ BEGIN " + "".join(f"DELETE FROM {name};" for name in names()) + " END $$")


def rows(*left_out: str) -> dict[str, list[str]]:
    """All rows as text, to see that nothing changed."""
    tables = set(names()) - set(left_out)
    return {
        name: [row for (row,) in fetch_all(f"SELECT t::text FROM {name} t ORDER BY 1")] for name in tables
    }
