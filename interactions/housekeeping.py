"""What is kept for a while only: ended parties, for the reason of a 409, messages that were read, replies,
and log-ins that failed."""

from datetime import timedelta

from django.conf import settings

from interactions.sql import run

BATCH = 1000
MARGIN = timedelta(hours=1)  # a cursor that is still good must find all that came after it

_OLD = """
    DELETE FROM {table} WHERE id IN (
        SELECT id FROM {table} WHERE {at} < statement_timestamp() - %(age)s
        ORDER BY {at} LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
"""


def purge() -> int:
    """Delete in batches, each a transaction of its own. Returns how many rows went."""
    return (
        _purge("interactions_party", settings.ENDED_PARTIES_KEPT, at="ended_at")
        + _purge("interactions_agentmessage", settings.MESSAGES_KEPT + MARGIN)
        + _purge("interactions_storedreply", settings.REPLIES_KEPT)
        + _purge("interactions_loginfailure", timedelta(seconds=settings.LOGIN_FAILURE_WINDOW))
    )


def _purge(table: str, age: timedelta, at: str = "at") -> int:
    statement = _OLD.format(table=table, at=at)
    total = 0
    while gone := run(statement, {"age": age, "batch": BATCH}):
        total += gone
    return total
