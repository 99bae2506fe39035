"""How many wait in a line, and since when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from interactions.sql import fetch_all


@dataclass(slots=True)
class LineCount:
    waiting: int
    held: int
    oldest_waiting_at: datetime | None


def count_lines(queue_ids: Collection[int]) -> dict[int, LineCount]:
    tuples = fetch_all(
        """
        SELECT asked.id, waiting.count, held.count, waiting.oldest
        FROM unnest(%(ids)s::bigint[]) AS asked (id),
        LATERAL (
            SELECT count(*) AS count, min(waiting_since) AS oldest FROM interactions_interaction
            WHERE queue_id = asked.id AND state = 'queued'
        ) waiting,
        LATERAL (
            SELECT count(*) AS count FROM interactions_interaction
            WHERE queue_id = asked.id AND state = 'handling'
        ) held
        """,
        {"ids": list(queue_ids)},
    )
    return {id: LineCount(waiting, held, oldest) for id, waiting, held, oldest in tuples}
