"""After a restore: what came after the backup is gone, and must not be mistaken for what comes now."""

from interactions.sql import fetch_value

GAP = 100_000_000  # ids: more than have been drawn since any backup

# Others remember ids of what is gone: a mail at its gateway, a hold at a desk, the last event that a reader
# has seen. If they were drawn again, the reader would pass over as many events.
_SKIP = """
    SELECT count(setval(format('%%I.%%I', schemaname, sequencename)::regclass, last_value + %(gap)s))
    FROM pg_sequences
    WHERE schemaname = current_schema() AND data_type = 'bigint'::regtype AND last_value IS NOT NULL
"""


def skip_ids() -> int:
    """Let none be drawn that may have been drawn before. Returns for how many kinds of rows."""
    return fetch_value(_SKIP, {"gap": GAP})
