"""What is kept for a while only: ended parties, for the reason of a 409, messages that were read, replies,
and log-ins that failed. What was stopped, as long as the operator wants to keep it."""

from datetime import datetime, timedelta

from django.conf import settings

from interactions.commands import in_transaction
from interactions.sql import fetch_all, run

BATCH = 1000
MARGIN = timedelta(hours=1)  # a cursor that is still good must find all that came after it

# Materialized, here and below: some plans run a subquery again, which then locks others, beyond the limit.
_OLD = """
    WITH old AS MATERIALIZED (
        SELECT id FROM {table} WHERE {at} < statement_timestamp() - %(age)s
        ORDER BY {at} LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM {table} gone USING old WHERE gone.id = old.id
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


STOPPED_BATCH = 200  # interactions in one transaction: some tenths of a second
CHILDREN_BATCH = 1000

_STOPPED = """
    SELECT id FROM interactions_interaction WHERE completed_at < %(before)s
    ORDER BY completed_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
"""
_UNLINK = """
    WITH children AS MATERIALIZED (
        SELECT id FROM interactions_interaction WHERE parent_id = ANY(%(ids)s::bigint[])
        ORDER BY id LIMIT %(batch)s FOR NO KEY UPDATE
    )
    UPDATE interactions_interaction i SET parent_id = NULL FROM children WHERE i.id = children.id
"""


def purge_stopped(before: datetime) -> int | None:
    """Delete a batch of the interactions that were stopped before, with their parties; children keep on
    without a parent. Returns how many went, which may be none yet; None when there are no more.
    """
    return in_transaction(lambda: _purge_stopped(before))


def _purge_stopped(before: datetime) -> int | None:
    ids = [id for (id,) in fetch_all(_STOPPED, {"before": before, "batch": STOPPED_BATCH})]
    if not ids:
        return None
    if run(_UNLINK, {"ids": ids, "batch": CHILDREN_BATCH}) == CHILDREN_BATCH:
        return 0  # there may be more of them
    run("DELETE FROM interactions_party WHERE interaction_id = ANY(%(ids)s::bigint[])", {"ids": ids})
    return run("DELETE FROM interactions_interaction WHERE id = ANY(%(ids)s::bigint[])", {"ids": ids})
