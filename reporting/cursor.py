"""Reads the event log in order, without missing an event (see interactions.horizon)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from interactions.horizon import Horizon
from reporting.models import Event

horizon = Horizon("reporting_event")
TOPIC = "log:0"  # every command writes to the log, so no news is made of it


def read(
    after: int,
    limit: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    **equals: Any,
) -> tuple[list[Event], int]:
    """Events after a cursor that match, and the cursor to go on from."""
    upto = horizon.final()
    events = _matching(since, until, equals).filter(id__gt=after, id__lte=upto).order_by("id")[:limit]
    found = list(events)
    return found, found[-1].pk if len(found) == limit else max(after, upto)


def _matching(since: datetime | None, until: datetime | None, equals: dict[str, Any]) -> QuerySet[Event]:
    events = Event.objects.filter(**equals)
    if since is not None:
        events = events.filter(at__gte=since)
    if until is not None:
        events = events.filter(at__lt=until)
    return events


def has_more(read: Mapping[int, int]) -> list[int]:
    """Whether events were written after the last one read, as a topic's probe (see interactions.waking)."""
    return [log for log, event in read.items() if horizon.newest() > event]
