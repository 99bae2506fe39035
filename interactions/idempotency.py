"""One effect per Idempotency-Key: the reply is stored in the transaction of what it tells of.

Whoever asks again waits until the first has committed or given up, and is answered what is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from django.conf import settings

from interactions.callers import AgentCaller, ServiceCaller
from interactions.commands import ends_overdue, in_one_transaction
from interactions.errors import IdempotencyMismatch
from interactions.lifecycle import expire_before_refusal
from interactions.sql import fetch_one, run

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request under a key of its caller; its fingerprint tells it from other requests."""

    caller: AgentCaller | ServiceCaller
    key: str
    fingerprint: bytes

    @property
    def owner(self) -> tuple[str, int]:
        """The column that names the caller, and the id in it. All sessions of an agent share its keys."""
        if isinstance(self.caller, AgentCaller):
            return "agent_id", self.caller.agent_id
        return "service_id", self.caller.id


@ends_overdue(expire_before_refusal)
def at_most_once(act: Callable[[], R]) -> R:
    """Run `act`, which asks `find` first and ends with `keep`, as one transaction."""
    return in_one_transaction(act)


def find(request: KeyedRequest) -> Answer | None:
    """What the request was answered before, once no other runs under its key.

    The lock gives the transaction no number, so those who wait for it keep no reader of a log waiting.
    The reply is read by the next statement, whose snapshot is from after the wait.
    Errors: IdempotencyMismatch.
    """
    column, owner = request.owner
    run("SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": _lock_number(column, owner, request.key)})
    row = fetch_one(
        f"""SELECT fingerprint, status, body FROM interactions_storedreply
            WHERE {column} = %(owner)s AND key = %(key)s AND at > statement_timestamp() - %(age)s""",
        {"owner": owner, "key": request.key, "age": settings.REPLIES_KEPT},
    )
    if row is None:
        return None
    fingerprint, status, body = row
    if bytes(fingerprint) != request.fingerprint:
        raise IdempotencyMismatch
    return Answer(status, bytes(body))


def keep(request: KeyedRequest, answer: Answer) -> None:
    """In the place of one that is too old, if the purge has not come yet."""
    column, owner = request.owner
    run(
        f"""INSERT INTO interactions_storedreply (at, {column}, key, fingerprint, status, body)
            VALUES (statement_timestamp(), %(owner)s, %(key)s, %(fingerprint)s, %(status)s, %(body)s)
            ON CONFLICT ({column}, key) WHERE {column} IS NOT NULL DO UPDATE SET
                at = excluded.at, fingerprint = excluded.fingerprint,
                status = excluded.status, body = excluded.body""",
        {
            "owner": owner,
            "key": request.key,
            "fingerprint": request.fingerprint,
            "status": answer.status,
            "body": answer.body,
        },
    )


def _lock_number(column: str, owner: int, key: str) -> int:
    """64 bits of a hash: two keys that share a number wait for each other, and that is all."""
    return int.from_bytes(sha256(f"{column} {owner} {key}".encode()).digest()[:8], signed=True)
