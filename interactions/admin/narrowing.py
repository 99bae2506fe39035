"""What a list of interactions looks through: so many that filters without an index of their own, such as that
by subject, cost little among a million.

They are the newest that fit what an index finds; or of those that wait for long, the oldest; or of those that
expired, the newest that are open.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from interactions import access
from interactions.access import Sight
from interactions.admin.base import MOST_COUNTED
from interactions.callers import AgentCaller
from interactions.finding import Sought, find_ids
from interactions.models import Agent, Queue
from interactions.models.interaction import State
from interactions.sql import fetch_all, is_id
from interactions.statements.locks import read_now

RECEIVED = {
    "last-hour": ("In the last hour", timedelta(hours=1)),
    "last-day": ("In the last day", timedelta(days=1)),
    "last-week": ("In the last week", timedelta(days=7)),
    "before-day": ("More than a day ago", timedelta(days=1)),
    "before-week": ("More than a week ago", timedelta(days=7)),
    "before-month": ("More than 30 days ago", timedelta(days=30)),
}
NOBODY = -1  # an id of nothing

_WAITING_LONGEST = """
    SELECT head.id FROM unnest(%(queues)s::bigint[]) AS q (id) CROSS JOIN LATERAL (
        SELECT id, waiting_since FROM interactions_interaction
        WHERE queue_id = q.id AND state = 'queued' AND waiting_since < %(since)s
        ORDER BY waiting_since LIMIT %(most)s
    ) head
    ORDER BY head.waiting_since LIMIT %(most)s
"""


def narrow(
    given: Mapping[str, str], queryset: QuerySet[Any], supervisor: AgentCaller | None
) -> QuerySet[Any]:
    """`given` is what the address of the list asks for; the queryset is filtered by it already."""
    if given.get("q", "").strip():  # searched: exactly, by an index that finds what is old too, or narrowed
        return queryset
    sight = access.sight(supervisor) if supervisor else None
    sought = _sought(given)
    waits = minutes(given.get("waits", ""))
    if waits is not None:
        ids = _waiting_longest(sight, sought.queue, read_now() - timedelta(minutes=waits))
    elif expiries(given.get("expired", "")):
        states = [sought.state] if sought.state else [State.QUEUED, State.HANDLING]
        ids = [id for state in states for id in find_ids(sight, replace(sought, state=state), MOST_COUNTED)]
    elif sight or sought.given or given.get("subject", "").strip():
        ids = find_ids(sight, sought, MOST_COUNTED)
    else:
        return queryset
    # By the key, whatever else is asked: no join, which could begin with all there are.
    return queryset.extra(where=["interactions_interaction.id = ANY(%s::bigint[])"], params=[ids])


def minutes(text: str) -> int | None:
    """Of an age in an address; a year at most."""
    return min(int(text[:7]), 527_040) if text.isascii() and text.isdigit() else None


def expiries(text: str) -> int:
    """Of a number in an address; 0 of what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def received(name: str) -> dict[str, datetime]:
    """As members of Sought."""
    if name not in RECEIVED:
        return {}
    at = read_now() - RECEIVED[name][1]
    return {"received_after" if name.startswith("last") else "received_before": at}


def _sought(given: Mapping[str, str]) -> Sought:
    def number(name: str) -> int | None:
        text = given.get(name, "")
        return int(text) if is_id(text) else None

    agent = given.get("agent", "").strip()
    state = given.get("state__exact", "")
    times: Any = received(given.get("received", ""))
    return Sought(
        state=state if state in State.values else None,
        queue=number("queue__id__exact") or number("workbin"),
        media_type=number("media_type__id__exact"),
        external_id=given.get("external_id", "").strip().replace("\0", "") or None,
        agent=_agent(agent) if agent else None,
        **times,
    )


def _agent(name: str) -> int:
    found = Agent.objects.filter(user__username=name.replace("\0", "")).values_list("pk", flat=True).first()
    return found or NOBODY


def _waiting_longest(sight: Sight | None, queue: int | None, since: datetime) -> list[int]:
    queues = sight.queues if sight else list(Queue.objects.values_list("pk", flat=True))
    if queue:
        queues = [queue] if queue in queues else []
    terms = {"queues": queues, "since": since.astimezone(UTC), "most": MOST_COUNTED}
    return [id for (id,) in fetch_all(_WAITING_LONGEST, terms)]
