"""Asks the database for those who wait, in a thread."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connection

from interactions.errors import Unavailable

R = TypeVar("R")

log = logging.getLogger(__name__)


def ask(act: Callable[[], R], otherwise: R, what: str) -> R:
    """`otherwise`, if the database does not answer: they come again. Of any other failure the log tells."""
    try:
        return act()
    except (DatabaseError, InterfaceError, Unavailable):
        pass
    except Exception:
        log.exception("%s failed.", what)
    connection.close()
    return otherwise
