"""How a webhook does, by its deliveries: what waits, what failed, and what came of the latest attempt."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from interactions.sql import fetch_all

_READ = """
    SELECT w.id, counts.*, latest.*
    FROM unnest(%(ids)s::bigint[]) w (id)
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE delivered_at IS NULL AND failed_at IS NULL),
            count(*) FILTER (WHERE failed_at IS NOT NULL), max(delivered_at)
        FROM reporting_delivery WHERE webhook_id = w.id
    ) counts
    LEFT JOIN LATERAL (
        SELECT attempted_at, last_status, last_error FROM reporting_delivery
        WHERE webhook_id = w.id AND attempted_at IS NOT NULL
            AND (last_status IS NOT NULL OR last_error <> '')
        ORDER BY attempted_at DESC LIMIT 1
    ) latest ON true
"""


@dataclass(frozen=True, slots=True)
class Health:
    waiting: int
    failed: int
    delivered_at: datetime | None
    attempted_at: datetime | None  # of the latest attempt of which one knows what came; None: there was none
    status: int | None
    error: str | None


def read(webhooks: Collection[int]) -> dict[int, Health]:
    """One statement for all of them."""
    return {id: Health(*found) for id, *found in fetch_all(_READ, {"ids": list(webhooks)})}
