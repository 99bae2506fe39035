"""The interactions that have waited longest."""

from typing import Any

from interactions.sql import fetch_all
from reporting.now import Line, Now

MOST = 10

# The ten oldest stand in the ten lines whose oldest are the oldest.
_OLDEST = """
    SELECT i.id, i.queue_id, i.queue_name, i.is_private, i.waiting_since, i.priority, i.revocation_count,
        m.name, left(i.user_data ->> 'subject', 200)
    FROM (
        SELECT head.*, q.name AS queue_name, q.is_private
        FROM interactions_queue q CROSS JOIN LATERAL (
            SELECT * FROM interactions_interaction
            WHERE queue_id = q.id AND state = 'queued' ORDER BY waiting_since LIMIT %(most)s
        ) head
        WHERE q.name = ANY(%(names)s::text[]) OR q.id = ANY(%(ids)s::bigint[])
        ORDER BY head.waiting_since, head.id LIMIT %(most)s
    ) i
    JOIN interactions_mediatype m ON m.id = i.media_type_id
    ORDER BY i.waiting_since, i.id
"""


def rows(now: Now, queue: str | None) -> list[dict[str, Any]]:
    """Of one queue, or of all and of the workbins."""
    lines = [line for line in now.queues + now.workbins if queue in (None, line.queue)]
    heads = sorted((line for line in lines if line.oldest_waiting_at), key=_since)[:MOST]
    params = {
        "names": [line.queue for line in heads if line.queue is not None],
        "ids": [line.workbin for line in heads if line.workbin is not None],
        "most": MOST,
    }
    owners = {line.workbin: f"{line.owner}: {line.type}" for line in heads if line.workbin is not None}
    return [
        {
            "interaction": id,
            "where": owners.get(queue_id, f"workbin {queue_id}") if is_private else name,
            "subject": subject,
            "media_type": media_type,
            "waiting_since": since,
            "waiting_seconds": max(0.0, round((now.at - since).total_seconds(), 1)),
            "priority": priority,
            "revoked": revocations,
        }
        for id, queue_id, name, is_private, since, priority, revocations, media_type, subject in fetch_all(
            _OLDEST, params
        )
    ]


def _since(line: Line) -> float:
    assert line.oldest_waiting_at is not None
    return line.oldest_waiting_at.timestamp()
