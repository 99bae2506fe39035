"""What every Celery task is: a hint, and safe to lose."""

import logging
from typing import Any

from celery import Task
from django.db import DatabaseError, InterfaceError, connection

from interactions.errors import Unavailable
from interactions.sql import is_away

log = logging.getLogger(__name__)


class Hint(Task):
    """While the database does not answer, it is left to a later one.

    It must not fail of that: Celery copies the frames of what fails, and a copy is kept until the collector
    comes. It is a few objects to the collector and a megabyte to the worker, and hundreds pile up.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self.run(*args, **kwargs)
        except (Unavailable, DatabaseError, InterfaceError) as error:
            if not (isinstance(error, Unavailable) or is_away(error)):
                raise
            connection.close()
            why = str(error.__cause__ or error).partition("\n")[0]
            log.warning("%(name)s is left to a later one: %(why)s", {"name": self.name, "why": why})
