"""An agent's mailbox: the own messages, and the changes of the workbins the agent watches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import mailbox
from interactions.api.base import LONGEST_WAIT, ApiView
from interactions.api.cursors import CursorField, decode, encode
from interactions.api.documentation import documented, link
from interactions.api.fields import QueryInput, QueryIntegerField
from interactions.callers import AgentCaller
from interactions.errors import CursorExpired
from interactions.instants import instant
from interactions.mailbox import Message, Reader
from interactions.statements import locks
from interactions.waking import Wait, agent_topic, watched_topic
from workbins.api.schema import MessagesShape
from workbins.subscriptions import watched_queues


@dataclass(slots=True)
class Page:
    """What came after a cursor. `upto` goes on from there; `topics` tell of more."""

    messages: list[Message]
    upto: str
    is_all: bool
    topics: dict[str, int]


def read_page(caller: AgentCaller, after: str | None, limit: int) -> Page:
    """Without `after`, nothing and the present. Errors: Invalid, CursorExpired."""
    if after is None:
        now, [watched] = locks.read_now(), watched_queues([caller])
        final = mailbox.horizon.final()
        return Page([], cursor(final, now), True, _topics(caller, watched, final))
    [page] = read_pages([(caller, after)], limit)
    if page is None:
        raise CursorExpired
    return page


def read_pages(asked: Sequence[tuple[AgentCaller, str]], limit: int) -> list[Page | None]:
    """What came after each one's cursor, in as many statements as for one. None where it has expired.

    Errors: Invalid.
    """
    now = locks.read_now()
    oldest = (now - settings.MESSAGES_KEPT).timestamp()
    cursors = [decode(after, "after", width=2) for _, after in asked]
    watched = watched_queues([caller for caller, _ in asked])
    readers = [
        Reader(caller.agent_id, position, queues)
        for (caller, _), (position, _), queues in zip(asked, cursors, watched, strict=True)
    ]
    pages: list[Page | None] = []
    mails = mailbox.read(readers, limit)
    for (caller, _), (position, given_at), queues, mail in zip(asked, cursors, watched, mails, strict=True):
        if given_at < oldest or not mailbox.horizon.has_come_to(position):
            pages.append(None)
            continue
        is_all = len(mail.messages) < limit
        as_of = now if is_all else mail.messages[-1].at  # what comes after a full page is as old as it is
        topics = _topics(caller, queues, mail.upto)
        pages.append(Page(mail.messages, cursor(mail.upto, as_of), is_all, topics))
    return pages


def cursor(upto: int, as_of: datetime) -> str:
    """With the time up to which all was read: the mailbox reaches back for a day."""
    return encode(upto, int(as_of.timestamp()))


def _topics(caller: AgentCaller, watched: dict[int, int], upto: int) -> dict[str, int]:
    changes = {watched_topic(queue): max(since, upto) for queue, since in watched.items()}
    return {agent_topic(caller.agent_id): upto, **changes}


class EventsQuery(QueryInput):
    after = CursorField(required=False)
    limit = QueryIntegerField(min_value=1, max_value=1000, default=200)
    wait_seconds = QueryIntegerField(min_value=0, max_value=LONGEST_WAIT, default=0)


class EventsView(ApiView):
    only_receives = True

    @documented(
        "My events",
        name="list_my_events",
        answers=MessagesShape,
        query=[EventsQuery],
        refusals=[410],
        links={"more": link("list_my_events", "What came since.", after="$response.body#/cursor")},
        tags=["events"],
        description="Oldest first; all sessions of an agent read the same. Without `after`: an empty list "
        "and the present cursor, at once. Reading does not reset the timers.",
    )
    def get(self, request: Request) -> Response:
        query = self.query(EventsQuery)
        page = read_page(self.caller, query.get("after"), query["limit"])
        if "after" in query and not page.messages and query["wait_seconds"]:
            self.wait(Wait(query["wait_seconds"], page.topics))
        return Response({"cursor": page.upto, "events": [render(message) for message in page.messages]})


def render(message: Message) -> dict[str, Any]:
    return {"id": message.id, "event": message.event, "at": instant(message.at), **message.body}
