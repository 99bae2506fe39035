"""An agent's mailbox: the own messages, and the changes of the workbins the agent watches."""

from datetime import datetime

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import mailbox
from interactions.api.base import ApiView
from interactions.api.cursors import CursorField, decode, encode
from interactions.api.documentation import documented, link
from interactions.api.fields import QueryInput, QueryIntegerField
from interactions.errors import CursorExpired
from interactions.instants import instant
from interactions.statements import locks
from workbins.api.schema import MessagesShape
from workbins.subscriptions import watched_queues


class EventsQuery(QueryInput):
    after = CursorField(required=False)
    limit = QueryIntegerField(min_value=1, max_value=1000, default=200)


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
        "and the present cursor. Reading does not reset the timers.",
    )
    def get(self, request: Request) -> Response:
        query = self.query(EventsQuery)
        now = locks.read_now()
        if "after" not in query:
            return Response({"cursor": _cursor(mailbox.horizon.final(), now), "events": []})
        after, given_at = decode(query["after"], "after", width=2)
        if given_at < (now - settings.MESSAGES_KEPT).timestamp():
            raise CursorExpired
        found = mailbox.read(self.caller.agent_id, after, query["limit"], watched_queues(self.caller))
        events = [
            {"id": message.id, "event": message.event, "at": instant(message.at), **message.body}
            for message in found.messages
        ]
        is_all = len(found.messages) < query["limit"]
        as_of = now if is_all else found.messages[-1].at  # what comes after a full page is as old as it is
        return Response({"cursor": _cursor(found.upto, as_of), "events": events})


def _cursor(upto: int, as_of: datetime) -> str:
    """With the time up to which all was read: the mailbox reaches back for a day."""
    return encode(upto, int(as_of.timestamp()))
