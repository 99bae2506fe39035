"""Where a later audit may begin: an event up to which all agreed, and what stood open after it.

A checkpoint adds what changed since the one before it, in short transactions. It counts once it is complete.
"""

import tempfile
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from interactions.sql import run
from reporting.audit.life import Life
from reporting.audit.steps import Hand
from reporting.audit.visits import Stay
from reporting.models import Checkpoint

BATCH = 1_000

_STORE = """
    INSERT INTO reporting_standing (checkpoint_id, kind, number, life)
    SELECT %(checkpoint)s, r ->> 0, (r ->> 1)::bigint, nullif(r -> 2, 'null')
    FROM jsonb_array_elements(%(rows)s::jsonb) AS r
"""
# What no audit will read again. Whole ones and, of each subject, all but the newest.
_FORGET = """
    DELETE FROM reporting_standing WHERE id IN (
        SELECT old.id FROM reporting_standing old
        WHERE old.checkpoint_id < %(base)s OR old.checkpoint_id > %(last)s OR EXISTS (
            SELECT FROM reporting_standing newer
            WHERE newer.kind = old.kind AND newer.number = old.number
                AND newer.checkpoint_id > old.checkpoint_id AND newer.checkpoint_id <= %(last)s
        )
        LIMIT %(batch)s
    )
"""


def latest() -> Checkpoint | None:
    return Checkpoint.objects.filter(is_complete=True).order_by("-pk").first()


class Standings:
    """What will stand at a checkpoint, kept in a file until the audit has shown that all agrees."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115

    def add(self, kind: str, number: int, life: dict[str, Any] | None) -> None:
        self._file.write(orjson.dumps([kind, number, life]) + b"\n")

    def leave(self, event: int, at: datetime, since: Checkpoint | None) -> Checkpoint:
        made = Checkpoint.objects.create(event=event, at=at)
        made.base = since.base if since else made.pk
        self._file.seek(0)
        while lines := list(islice(self._file, BATCH)):
            run(_STORE, {"checkpoint": made.pk, "rows": f"[{b','.join(lines).decode()}]"})
        made.is_complete = True
        made.save()
        forget(made)
        return made


def forget(latest: Checkpoint) -> None:
    params = {"base": latest.base, "last": latest.pk, "batch": BATCH}
    while run(_FORGET, params):
        pass


_KEPT = [field.name for field in fields(Life) if field.name not in ("ended", "trail")]
_HANDS, _INSTANTS = ("hand", "expired"), ("placed_at", "stopped_at")


def dump(life: Life) -> dict[str, Any]:
    kept = {name: getattr(life, name) for name in _KEPT}
    return kept | {name: tuple(kept[name]) for name in _HANDS}


def revive(kept: str) -> Life:
    members = orjson.loads(kept)
    members["place"] = tuple(members["place"])
    members |= {name: Hand(*members[name]) for name in _HANDS}
    members |= {name: datetime.fromisoformat(members[name]) for name in _INSTANTS if members[name]}
    return Life(**members)


def revive_stay(kept: str) -> Stay:
    return Stay(**orjson.loads(kept))
