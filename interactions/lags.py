"""How far behind revocation is, and what holds readers of the event log back."""

from interactions.sql import fetch_value

_LAG = """
    SELECT greatest(0, extract(epoch FROM statement_timestamp() - min(deadline_at)))::float
    FROM interactions_party WHERE ended_at IS NULL
"""

_LONGEST_WRITER = """
    SELECT extract(epoch FROM statement_timestamp() - min(xact_start))::float
    FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()
"""


def revocation_lag() -> float:
    """Seconds for which the longest overdue hold has been waiting for its revocation."""
    return fetch_value(_LAG) or 0.0


def longest_writer() -> float:
    """Seconds for which a transaction has been writing. Readers of the log wait: see interactions.horizon."""
    return fetch_value(_LONGEST_WRITER) or 0.0
