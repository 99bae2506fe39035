"""What is kept for a while only: ended parties, for the reason of a 409, messages that were
read, and log-ins that failed."""

from datetime import timedelta

from django.conf import settings

from interactions.sql import run

BATCH = 1000
MARGIN = timedelta(hours=1)  # a cursor that is still good must find all that came after it

_ENDED_PARTIES = """
    DELETE FROM interactions_party WHERE id IN (
        SELECT id FROM interactions_party WHERE ended_at < statement_timestamp() - %(age)s
        ORDER BY ended_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
"""
_MESSAGES = """
    DELETE FROM interactions_agentmessage WHERE id IN (
        SELECT id FROM interactions_agentmessage WHERE at < statement_timestamp() - %(age)s
        ORDER BY at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
"""
_LOGIN_FAILURES = """
    DELETE FROM interactions_loginfailure WHERE id IN (
        SELECT id FROM interactions_loginfailure WHERE at < statement_timestamp() - %(age)s
        ORDER BY at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
"""


def purge() -> int:
    """Delete in batches, each a transaction of its own. Returns how many rows went."""
    return (
        _purge(_ENDED_PARTIES, settings.ENDED_PARTIES_KEPT)
        + _purge(_MESSAGES, settings.MESSAGES_KEPT + MARGIN)
        + _purge(_LOGIN_FAILURES, timedelta(seconds=settings.LOGIN_FAILURE_WINDOW))
    )


def _purge(statement: str, age: timedelta) -> int:
    total = 0
    while gone := run(statement, {"age": age, "batch": BATCH}):
        total += gone
    return total
