"""How many wait in a line, and since when; and whether it gives anything out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from interactions.errors import NotFound, Refusal
from interactions.models import Queue
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


def pause(queue: int, is_paused: bool) -> None:
    """Those who wait for work of it hear of it: the save tells them. Errors: NotFound, Refusal."""
    with transaction.atomic():
        found = Queue.objects.select_for_update().filter(pk=queue, is_private=False).first()
        if found is None:
            raise NotFound
        if found.is_paused is is_paused:
            raise Refusal(f"It is {'paused' if is_paused else 'open'} already.")
        found.is_paused = is_paused
        found.save(update_fields=["is_paused"])
