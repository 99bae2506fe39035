"""The release: holds end and their interactions wait again where they were, in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interactions.models.party import PartyEnd
from interactions.rows import HOLD, HOLDER, Hold
from interactions.sql import fetch_all

# A hold's interaction goes back where it stood or, when it expired too often, is parked. The two updates
# are each joined to `due` by primary key, and not to each other: the planner thinks that little is due.
_RELEASE = f"""
    WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
    due AS MATERIALIZED ({{due}}),
    p AS (
        UPDATE interactions_party p SET ended_at = clock.now, end_reason = %(reason)s
        FROM due, clock
        WHERE p.id = due.party
        RETURNING p.*, due.external_id, due.media_type, due.queue, due.parking
    ),
    i AS (
        UPDATE interactions_interaction i SET
            state = 'queued',
            waiting_since = clock.now,
            revocation_count = CASE
                WHEN due.parking IS NOT NULL THEN 0
                WHEN %(expired)s THEN i.revocation_count + 1
                ELSE i.revocation_count
            END,
            queue_id = coalesce(due.parking, i.queue_id),
            place_in_queue_seq = CASE
                WHEN due.parking IS NULL THEN i.place_in_queue_seq
                ELSE nextval('interactions_place_in_queue_seq')
            END,
            placed_in_queue_at = CASE WHEN due.parking IS NULL THEN i.placed_in_queue_at ELSE clock.now END,
            moved_to_queue_at = CASE
                WHEN due.parking IS NULL THEN i.moved_to_queue_at
                ELSE coalesce(i.moved_to_queue_at, clock.now)
            END
        FROM due, clock
        WHERE i.id = due.interaction
    )
    SELECT p.ended_at, p.external_id, m.name, parked.name, {HOLD}
    FROM p
    JOIN interactions_mediatype m ON m.id = p.media_type
    JOIN interactions_queue q ON q.id = p.queue
    LEFT JOIN interactions_queue parked ON parked.id = p.parking
    {HOLDER}
    ORDER BY p.deadline_at, p.id
"""

_DUE = """
    SELECT p.id AS party, i.id AS interaction, i.external_id, i.media_type_id AS media_type,
        i.queue_id AS queue,
        CASE
            WHEN %(expired)s AND i.revocation_count >= q.max_revocations THEN q.parking_queue_id
        END AS parking
    FROM interactions_party p
    JOIN interactions_interaction i ON i.id = p.interaction_id
    JOIN interactions_queue q ON q.id = i.queue_id
    WHERE p.ended_at IS NULL AND {which}
"""
_OVERDUE = "p.deadline_at <= statement_timestamp()"
_SKIPPING = "LIMIT {limit} FOR NO KEY UPDATE OF i, p SKIP LOCKED"

# statement_timestamp() is never ahead of the clock, so never early, and it keeps the index.
_WHATEVER_IS_DUE = _RELEASE.format(due=_DUE.format(which=f"{_OVERDUE} ORDER BY p.deadline_at {_SKIPPING}"))
_DUE_IN_LINE = _RELEASE.format(
    due=_DUE.format(
        which=f"""{_OVERDUE} AND i.queue_id = ANY(%(queues)s::bigint[])
            AND (%(media)s::bigint[] IS NULL OR i.media_type_id = ANY(%(media)s::bigint[]))
            ORDER BY array_position(%(queues)s::bigint[], i.queue_id), i.priority DESC, i.place_in_queue_seq
            {_SKIPPING}"""
    )
)
_LOCKED = _RELEASE.format(due=_DUE.format(which="p.id = ANY(%(parties)s::bigint[])"))


@dataclass(slots=True)
class Release:
    """A hold that ended. Its hold names where the interaction stood; `parked_in` where it went instead."""

    at: datetime
    external_id: str | None
    media_type: str
    parked_in: str | None
    hold: Hold
    reason: PartyEnd


def release_due(limit: int) -> list[Release]:
    """End whatever is due, the longest overdue first. It must never wait, and never end one early."""
    return _release(_WHATEVER_IS_DUE.replace("{limit}", str(int(limit))), PartyEnd.EXPIRED)


def release_due_in_line(queue_ids: list[int], limit: int, media: Collection[int] | None) -> list[Release]:
    """End what is overdue in these queues, in their order. It must never wait."""
    return _release(
        _DUE_IN_LINE.replace("{limit}", str(int(limit))),
        PartyEnd.EXPIRED,
        queues=queue_ids,
        media=None if media is None else list(media),
    )


def release_locked(parties: Collection[int], reason: PartyEnd) -> list[Release]:
    """End these holds, whose interactions and parties are locked and which were seen open since."""
    return _release(_LOCKED, reason, parties=list(parties)) if parties else []


def _release(statement: str, reason: PartyEnd, **params: Any) -> list[Release]:
    params.update(reason=reason.value, expired=reason == PartyEnd.EXPIRED)
    return [
        Release(at, external_id, media_type, parked_in, Hold(*hold), reason)
        for at, external_id, media_type, parked_in, *hold in fetch_all(statement, params)
    ]
