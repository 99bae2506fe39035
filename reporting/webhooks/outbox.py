"""The deliveries that are to be made, and how they are shared by those who make them."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from celery import current_app
from django.db import transaction

from interactions import broker
from interactions.sql import fetch_all, run
from reporting.models.webhook import PATIENCE
from reporting.webhooks.posting import TIMEOUT, Outcome

DELIVER = "reporting.tasks.deliver"
BATCH = 5  # of each webhook, so that one that hangs does not keep the others waiting
LEASE = timedelta(seconds=3 * TIMEOUT)
FIRST, LONGEST = 12.5, 3600.0  # seconds between two attempts, before jitter
KEPT = timedelta(days=30)
GONE_AT_ONCE = 1000

_TELL = """
    INSERT INTO reporting_delivery (webhook_id, kind, payload)
    SELECT id, %(kind)s, %(payload)s::jsonb FROM reporting_webhook
    WHERE is_active AND (%(webhook)s::bigint IS NULL OR id = %(webhook)s::bigint) ORDER BY id
    RETURNING id
"""

# The lease: what is claimed is not due for a while, and due again if nobody records what came of it.
_CLAIM = """
    WITH due AS (
        SELECT one.id, active.url, active.secret FROM reporting_webhook active, LATERAL (
            SELECT id FROM reporting_delivery
            WHERE webhook_id = active.id AND delivered_at IS NULL AND failed_at IS NULL
                AND next_attempt_at <= statement_timestamp()
            ORDER BY next_attempt_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
        ) one
        WHERE active.is_active AND active.id <> ALL(%(but)s::bigint[])
    )
    UPDATE reporting_delivery d
    SET attempts = attempts + 1, attempted_at = statement_timestamp(),
        next_attempt_at = statement_timestamp() + %(lease)s
    FROM due WHERE d.id = due.id
    RETURNING d.id, d.webhook_id, d.kind, d.payload::text, d.attempts, due.url, due.secret,
        extract(epoch FROM statement_timestamp())::bigint
"""

_DELIVERED = """
    UPDATE reporting_delivery
    SET delivered_at = statement_timestamp(), failed_at = NULL,
        last_status = %(status)s, last_error = '', last_answer = %(answer)s
    WHERE id = %(id)s
"""

# Not if another has made a later attempt meanwhile, or somebody asked for a new beginning.
_NOT_DELIVERED = """
    UPDATE reporting_delivery
    SET next_attempt_at = statement_timestamp() + %(pause)s,
        failed_at = CASE WHEN statement_timestamp() + %(pause)s > give_up_at THEN statement_timestamp() END,
        last_status = %(status)s, last_error = %(error)s, last_answer = %(answer)s
    WHERE id = %(id)s AND attempts = %(attempts)s AND delivered_at IS NULL AND failed_at IS NULL
"""

_GIVE_UP = """
    UPDATE reporting_delivery d
    SET failed_at = statement_timestamp(), last_error = 'Given up: the webhook is switched off.'
    FROM reporting_webhook w
    WHERE w.id = d.webhook_id AND NOT w.is_active AND delivered_at IS NULL AND failed_at IS NULL
        AND give_up_at < statement_timestamp()
"""

_RESEND = """
    UPDATE reporting_delivery
    SET delivered_at = NULL, failed_at = NULL, attempts = 0, next_attempt_at = statement_timestamp(),
        give_up_at = statement_timestamp() + %(patience)s
    WHERE id = ANY(%(ids)s::bigint[])
"""

_FORGET = """
    WITH old AS MATERIALIZED (
        SELECT id FROM reporting_delivery
        WHERE created_at < statement_timestamp() - %(age)s
            AND coalesce(delivered_at, failed_at) < statement_timestamp() - %(age)s
        ORDER BY created_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM reporting_delivery gone USING old WHERE gone.id = old.id
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    id: int
    webhook: int
    kind: str
    payload: str
    attempts: int
    url: str
    secret: str
    timestamp: int  # by the database's clock

    @property
    def body(self) -> bytes:
        return self.payload.encode()


def tell(kind: str, payload: dict[str, Any], webhook: int | None = None) -> list[int]:
    """A delivery for each webhook that is switched on, or for one: their ids. In the caller's transaction."""
    given = {"kind": kind, "payload": orjson.dumps({"event": kind} | payload).decode(), "webhook": webhook}
    made = [id for (id,) in fetch_all(_TELL, given)]
    if made:
        transaction.on_commit(poke)
    return made


def poke() -> None:
    """A hint that something is due: without it, it is found a few seconds later."""
    broker.tell(lambda redis: current_app.send_task(DELIVER, expires=5, retry=False))


def claim(but: Collection[int] = ()) -> list[Claimed]:
    """What is due and nobody else has claimed, for as long as the lease; not of these webhooks."""
    return [Claimed(*row) for row in fetch_all(_CLAIM, {"lease": LEASE, "batch": BATCH, "but": list(but)})]


def record(claimed: Claimed, outcome: Outcome) -> None:
    given = {"id": claimed.id, "status": outcome.status, "answer": outcome.answer}
    if outcome.is_good:
        run(_DELIVERED, given)
    else:
        pause = timedelta(seconds=back_off(claimed.attempts))
        run(_NOT_DELIVERED, given | {"error": outcome.error, "pause": pause, "attempts": claimed.attempts})


def back_off(attempts: int) -> float:
    """Seconds until the next: 10 to 12 after the first, doubled with each, an hour at most."""
    return min(LONGEST, FIRST * 2 ** min(attempts - 1, 20)) * random.uniform(0.8, 1)


def give_up() -> None:
    """What waited for a webhook that nobody switched on again. (An attempt gives up by itself.)"""
    run(_GIVE_UP)


def resend(ids: Collection[int]) -> int:
    """Whatever came of them: due at once, under the same ids, with all patience before them."""
    with transaction.atomic():
        count = run(_RESEND, {"ids": list(ids), "patience": PATIENCE})
        transaction.on_commit(poke)
    return count


def forget() -> int:
    """Delete what was settled long ago. Returns how many went."""
    total = 0
    while gone := run(_FORGET, {"age": KEPT, "batch": GONE_AT_ONCE}):
        total += gone
    return total
