"""Find interactions: a page of what a caller may see, newest first, without reading what is passed over.

A page is the newest of a few branches, each of which an index gives in order or which are short by
nature: what stands in the visible queues, what visible agents hold, what the agent held lately.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from interactions.access import Sight
from interactions.models import MediaType, Queue
from interactions.models.interaction import State
from interactions.rows import SELECT, Row, to_rows
from interactions.sql import BIGGEST_ID, fetch_all

NARROW = 10_000  # interactions that a page may look at to find its own: some milliseconds


@dataclass(slots=True)
class Sought:
    """What to find; None: any."""

    state: str | None = None
    queue: int | None = None  # a private one too
    media_type: int | None = None
    external_id: str | None = None
    agent: int | None = None  # who holds it
    received_after: datetime | None = None  # inclusive
    received_before: datetime | None = None  # exclusive
    parent: int | None = None
    thread: int | None = None  # any interaction of it

    @property
    def given(self) -> list[str]:
        return [name for name, value in asdict(self).items() if value is not None]


_CONDITIONS = {
    "state": "i.state = %(state)s",
    "queue": "i.queue_id = %(queue)s",
    "media_type": "i.media_type_id = %(media_type)s",
    "external_id": "i.external_id = %(external_id)s",
    "agent": """EXISTS (
        SELECT FROM interactions_party held
        WHERE held.interaction_id = i.id AND held.agent_id = %(agent)s AND held.ended_at IS NULL
            AND held.deadline_at > statement_timestamp()
    )""",
    "received_after": "i.received_at >= %(received_after)s",
    "received_before": "i.received_at < %(received_before)s",
    "parent": "i.parent_id = %(parent)s",
    "thread": "i.id IN (SELECT id FROM chosen)",
}

# Filters that leave few: the first of these is looked up first. UNION ends where a thread bites its tail.
_CHOSEN = {
    "thread": """
        SELECT id FROM (
            WITH RECURSIVE up (id, parent) AS (
                SELECT id, parent_id FROM interactions_interaction WHERE id = %(thread)s
                UNION
                SELECT i.id, i.parent_id FROM up JOIN interactions_interaction i ON i.id = up.parent
            ),
            down (id) AS (
                SELECT id FROM up
                UNION
                SELECT i.id FROM down JOIN interactions_interaction i ON i.parent_id = down.id
            )
            SELECT id FROM down
        ) thread
    """,
    "external_id": "SELECT id FROM interactions_interaction WHERE external_id = %(external_id)s",
    "parent": "SELECT id FROM interactions_interaction WHERE parent_id = %(parent)s",
    "agent": """
        SELECT interaction_id AS id FROM interactions_party WHERE agent_id = %(agent)s AND ended_at IS NULL
    """,
}

_BEYOND = "i.id > %(low)s AND i.id < %(high)s"

# One primary key look-up for each that is chosen: LIMIT keeps the planner from joining the whole table.
_OF_CHOSEN = """
    SELECT i.id FROM chosen CROSS JOIN LATERAL (
        SELECT * FROM interactions_interaction i WHERE i.id = chosen.id LIMIT 1
    ) i WHERE {where} ORDER BY i.id {order} LIMIT {limit}
"""

# A line is a queue, a state and a media type; the newest n can only be in the n lines with the newest heads.
# The order by all four is interaction_newest's alone: with equality and id, the planner might walk the
# primary key in search of what is rare.
_IN_LINE = """
    SELECT i.id FROM interactions_interaction i
    WHERE (i.queue_id, i.state, i.media_type_id, i.id) > ({line}, %(low)s)
        AND (i.queue_id, i.state, i.media_type_id, i.id) < ({line}, %(high)s) {{spans}}
    ORDER BY i.queue_id {{order}}, i.state {{order}}, i.media_type_id {{order}}, i.id {{order}}
    LIMIT {most}
"""
_NEWEST = f"""
    SELECT newest.id FROM (
        SELECT q.id AS queue, s.state, m.id AS media_type
        FROM unnest(%(queues)s::bigint[]) AS q (id)
        CROSS JOIN unnest(%(states)s::text[]) AS s (state)
        CROSS JOIN unnest(%(media_types)s::bigint[]) AS m (id)
        CROSS JOIN LATERAL ({_IN_LINE.format(line="q.id, s.state, m.id", most="1")}) head
        ORDER BY head.id {{order}} LIMIT {{limit}}
    ) line
    CROSS JOIN LATERAL (
        {_IN_LINE.format(line="line.queue, line.state, line.media_type", most="{limit}")}
    ) newest
    ORDER BY newest.id {{order}} LIMIT {{limit}}
"""
_ALL = "SELECT i.id FROM interactions_interaction i WHERE {where} ORDER BY i.id {order} LIMIT {limit}"

# All of a span out of interaction_received, sorted: + 0 keeps the planner from walking the primary key.
_RECEIVED = _ALL.replace("ORDER BY i.id", "ORDER BY i.id + 0")

_OF_PARTIES = """
    SELECT i.id FROM ({parties}) p CROSS JOIN LATERAL (
        SELECT * FROM interactions_interaction i WHERE i.id = p.interaction_id LIMIT 1
    ) i WHERE {{where}} ORDER BY p.interaction_id {{order}} LIMIT {{limit}}
"""
_HELD = _OF_PARTIES.format(
    parties="""
    SELECT interaction_id FROM interactions_party
    WHERE agent_id = ANY(%(holders)s::bigint[]) AND ended_at IS NULL
"""
)
_HELD_LATELY = _OF_PARTIES.format(
    parties="""
    SELECT DISTINCT interaction_id FROM interactions_party
    WHERE agent_id = %(me)s AND ended_at >= statement_timestamp() - %(kept)s::interval
"""
)


def find(
    sight: Sight | None, sought: Sought, position: tuple[int, ...] | None, backwards: bool, limit: int
) -> list[Row]:
    """The newest that came before a position; backwards, the oldest that came after it.

    `sight` None sees all.
    """
    search, params = _search(sight, sought, position, backwards, limit)
    order = _order(backwards)
    return to_rows(fetch_all(f"{SELECT} WHERE i.id = ANY(ARRAY({search})) ORDER BY i.id {order}", params))


def find_ids(sight: Sight | None, sought: Sought, limit: int) -> list[int]:
    """The newest, as `find` finds them."""
    return [id for (id,) in fetch_all(*_search(sight, sought, None, False, limit))]


def _search(
    sight: Sight | None, sought: Sought, position: tuple[int, ...] | None, backwards: bool, limit: int
) -> tuple[str, dict[str, Any]]:
    after, before = (position, None) if backwards else (None, position)
    params = asdict(sought) | {"low": after[0] if after else 0, "high": before[0] if before else BIGGEST_ID}
    chosen = next((_CHOSEN[name] for name in _CHOSEN if name in sought.given), None)
    branches = [_standing(sight, sought, params, is_chosen=chosen is not None)]
    if sight:
        params |= {"holders": sight.holders, "me": sight.agent, "kept": settings.ENDED_PARTIES_KEPT}
        branches += [_HELD, _HELD_LATELY]
    found = " UNION ".join(f"({branch})" for branch in branches)
    statement = f"""
        {f"WITH chosen AS MATERIALIZED ({chosen})" if chosen else ""}
        SELECT id FROM ({found}) found ORDER BY id {{order}} LIMIT {{limit}}
    """
    for hole, text in {
        "{where}": _where(sought.given),
        "{order}": _order(backwards),
        "{limit}": str(int(limit)),  # a number, for the planner to know
    }.items():
        statement = statement.replace(hole, text)
    return statement, params


def _order(backwards: bool) -> str:
    return "ASC" if backwards else "DESC"


def _where(names: Iterable[str]) -> str:
    return " AND ".join([_BEYOND, *(_CONDITIONS[name] for name in names)])


def _standing(sight: Sight | None, sought: Sought, params: dict[str, Any], is_chosen: bool) -> str:
    """The branch of what stands in the visible queues, by the index that gives it soonest."""
    if is_chosen or _is_read_whole(sought):
        branch = _OF_CHOSEN if is_chosen else _RECEIVED
        if sight is None:
            return branch
        params["queues"] = sight.queues
        return branch.replace("{where}", "{where} AND i.queue_id = ANY(%(queues)s::bigint[])")
    if sight is None and sought.state is sought.queue is sought.media_type is None:
        return _ALL
    params["queues"] = _queues(sight, sought)
    params["states"] = [sought.state] if sought.state else State.values
    params["media_types"] = (
        [sought.media_type] if sought.media_type else list(MediaType.objects.values_list("pk", flat=True))
    )
    spans = [name for name in sought.given if name.startswith("received")]
    return _NEWEST.replace("{spans}", "".join(f" AND {_CONDITIONS[name]}" for name in spans))


def _queues(sight: Sight | None, sought: Sought) -> list[int]:
    if sought.queue:
        return [sought.queue] if sight is None or sought.queue in sight.queues else []
    return sight.queues if sight else list(Queue.objects.values_list("pk", flat=True))


def _is_read_whole(sought: Sought) -> bool:
    """Is there a span of received_at to be read whole? One that has few; and one that has many but more
    than a few newer ones, which a walk back from the newest would have to pass over.
    """
    after, before = sought.received_after, sought.received_before
    if after is None and before is None:
        return False
    if _count_received(after, before) < NARROW:
        return True
    return before is not None and _count_received(before, None) == NARROW


def _count_received(after: datetime | None, before: datetime | None) -> int:
    """How many, as far as NARROW."""
    [(count,)] = fetch_all(
        f"""SELECT count(*) FROM (
                SELECT FROM interactions_interaction
                WHERE received_at >= coalesce(%(after)s::timestamptz, '-infinity')
                    AND received_at < coalesce(%(before)s::timestamptz, 'infinity')
                ORDER BY received_at LIMIT {NARROW}
            ) found""",
        {"after": after, "before": before},
    )
    return count
