"""The lines an agent stands in: queues to pull from, with the right to, while the agent is locked.

A statement that has waited for a lock tells of the rights of before, and one may be withdrawn meanwhile. So
rights are read by statements that do not wait, or after those that may.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists

from interactions import access
from interactions.callers import AgentCaller
from interactions.errors import Invalid, NotFound
from interactions.models import Agent, Queue
from interactions.sql import fetch_one
from interactions.statements import locks


@dataclass(slots=True)
class Line:
    """Queues that the locked agent may pull from, one after the other."""

    queue_ids: list[int]
    is_paused: bool
    capacity: int | None
    media: list[int] | None  # ids of the media types asked for, None for all


_MAY_PULL = """
    NOT q.is_private AND (
        %(admin)s::bool OR EXISTS (
            SELECT FROM interactions_queue_agent_groups qg
            JOIN interactions_agent_groups ag ON ag.agentgroup_id = qg.agentgroup_id
            WHERE qg.queue_id = q.id AND ag.agent_id = a.id
        )
    )
"""
_LOCK_LINE = f"""
    SELECT {{queues}}, a.capacity,
        ARRAY(SELECT m.id FROM interactions_mediatype m WHERE m.name = ANY(%(media)s::text[])),
        ARRAY(
            SELECT asked.name FROM unnest(%(media)s::text[]) AS asked (name)
            WHERE NOT EXISTS (SELECT FROM interactions_mediatype m WHERE m.name = asked.name)
        )
    FROM interactions_agent a
    LEFT JOIN interactions_queue q ON q.name = %(queue)s AND {_MAY_PULL}
    WHERE a.id = %(agent)s
    FOR NO KEY UPDATE OF a SKIP LOCKED
"""
_LOCK_ONE = _LOCK_LINE.format(queues="array_remove(ARRAY[q.id], NULL), q.is_paused")
_LOCK_ALL = _LOCK_LINE.format(
    queues=f"""ARRAY(
        SELECT q.id FROM interactions_queue q WHERE NOT q.is_paused AND {_MAY_PULL}
        ORDER BY q.position, q.name
    ), false"""
)


def lock_line(caller: AgentCaller, queue: str, media_types: Collection[str] | None = None) -> Line:
    """Lock the agent and find a public queue, with the right to pull from it. Errors: NotFound, Invalid."""
    line = _lock_line(_LOCK_ONE, caller, queue, media_types)
    if not line.queue_ids:
        raise access.no_queue(queue)
    return line


def lock_all_lines(caller: AgentCaller, media_types: Collection[str] | None = None) -> Line:
    """Lock the agent and find the public queues to pull from that are not paused, in the order of their
    positions. Errors: Invalid.
    """
    return _lock_line(_LOCK_ALL, caller, None, media_types)


def _lock_line(
    statement: str, caller: AgentCaller, queue: str | None, media_types: Collection[str] | None
) -> Line:
    asked = {"queue": queue, "admin": caller.is_admin, "agent": caller.agent_id}
    given = {**asked, "media": list(media_types or [])}
    queue_ids, is_paused, capacity, media, unknown = _in_turn(caller, lambda: fetch_one(statement, given))
    if unknown and (queue_ids or queue is None):
        names = ", ".join(map(repr, unknown))
        raise Invalid(errors={"media_types": [f"There is no media type named {names}."]})
    return Line(queue_ids, is_paused, capacity, None if media_types is None else media)


def _in_turn(caller: AgentCaller, lock: Callable[[], tuple[Any, ...] | None]) -> tuple[Any, ...]:
    """What `lock` finds when it locks the agent, which it must not wait for: a statement that has waited
    tells of the rights of before, and one may be withdrawn meanwhile.
    """
    found = lock()
    if found is None:
        locks.lock_agent(caller.agent_id)
        found = lock()
    assert found is not None
    return found


def lock_line_at(caller: AgentCaller, queue: Queue) -> Line:
    """Lock the agent, who must have the right to pull from this queue. Errors: NotFound."""
    return lock_private_line(caller, queue.pk) if queue.is_private else lock_line(caller, queue.name)


def lock_private_line(caller: AgentCaller, queue_id: int) -> Line:
    """Lock the agent and find a private queue, with the right to pull from it. Errors: NotFound."""
    right = _may_pull_privately(caller, queue_id)
    agent = Agent.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=caller.agent_id)
    asked = agent.annotate(may_pull=right).values_list("may_pull", "capacity")
    may_pull, capacity = _in_turn(caller, asked.first)
    if not may_pull:
        raise _no_workbin()
    return Line([queue_id], False, capacity, None)


def require_still(caller: AgentCaller, queue_id: int, ids: Collection[int]) -> None:
    """The right to pull from a private queue, and to see what is asked for, after a wait for others' locks.

    Errors: NotFound.
    """
    right = _may_pull_privately(caller, queue_id)
    seen = access.visible(caller).filter(pk__in=ids).annotate(may_pull=right)
    rights = list(seen.values_list("may_pull", flat=True))
    if len(rights) != len(set(ids)):
        raise NotFound
    if not all(rights):
        raise _no_workbin()


def _may_pull_privately(caller: AgentCaller, queue_id: int) -> Exists:
    return Exists(access.pullable_queues(caller).filter(pk=queue_id, is_private=True))


def _no_workbin() -> NotFound:
    return NotFound("There is no such workbin, or you may not see it.")
