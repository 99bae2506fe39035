"""The thread of an interaction on its page: what it answers, and what answers it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from interactions import access
from interactions.admin.locations import name_locations
from interactions.admin.rights import sees_only_own
from interactions.admin.subjects import with_subject
from interactions.admin.words import STATE_COLORS, label, write_moment
from interactions.finding import Sought, find_ids
from interactions.models import Interaction
from interactions.models.interaction import State

SHOWN = 100  # the newest
DEEPEST = 6  # steps to the right


def thread(request: HttpRequest, interaction: Interaction, permission: str) -> str:
    """The section of an interaction's page. Nothing, of one that is alone."""
    supervisor = sees_only_own(request, permission)
    sight = access.sight(supervisor) if supervisor else None
    ids = find_ids(sight, Sought(thread=interaction.pk), SHOWN + 1)
    if not set(ids) - {interaction.pk}:
        return ""
    shown = with_subject(Interaction.objects.select_related("queue")).filter(pk__in=ids[:SHOWN])
    rows = list(shown.order_by(F("pk").asc()))
    names = name_locations(row.queue for row in rows)
    lines = [_line(row, depth, names, interaction) for row, depth in in_turn(rows)]
    return render_to_string("interactions/admin/thread.html", {"lines": lines, "more": len(ids) > SHOWN})


def in_turn(rows: list[Interaction]) -> Iterator[tuple[Interaction, int]]:
    """Each after its parent, with how deep it stands; also if some are not seen, or are each other's."""
    ids = {row.pk for row in rows}
    children: dict[int | None, list[Interaction]] = defaultdict(list)
    for row in rows:
        children[row.parent_id if row.parent_id in ids else None].append(row)
    told: set[int] = set()
    for first in [*children[None], *rows]:
        ahead = [(first, 0)]
        while ahead:
            row, depth = ahead.pop()
            if row.pk in told:
                continue
            told.add(row.pk)
            yield row, depth
            ahead += [(child, depth + 1) for child in reversed(children[row.pk])]


def _line(row: Any, depth: int, names: dict[int, str], current: Interaction) -> dict[str, Any]:
    return {
        "url": reverse("admin:interactions_interaction_change", args=[row.pk]),
        "id": row.pk,
        "depth": min(depth, DEEPEST),
        "title": row.subject or "no subject",
        "state": label(State(row.state).label, STATE_COLORS[row.state]),
        "where": names[row.queue_id],
        "at": write_moment(row.submitted_at),
        "is_current": row.pk == current.pk,
        "is": _kinship(row, current),
    }


def _kinship(row: Interaction, current: Interaction) -> str:
    if row.pk == current.pk:
        return "this one"
    if row.pk == current.parent_id:
        return "its parent"
    return "a child of it" if row.parent_id == current.pk else ""
