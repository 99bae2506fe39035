"""The event log over REST, for reporting engines, supervisors and admins."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from interactions.api.base import LONGEST_WAIT
from interactions.api.cursors import CursorField, decode, encode
from interactions.api.documentation import documented, link
from interactions.api.fields import InstantField, QueryIdField, QueryInput, QueryIntegerField, StringField
from interactions.errors import Invalid
from interactions.instants import instant
from interactions.waking import Wait
from reporting import cursor
from reporting.api.base import ReportingView
from reporting.api.schema import EventsShape
from reporting.rows import Row


class EventsQuery(QueryInput):
    after = CursorField(required=False)
    limit = QueryIntegerField(min_value=1, max_value=1000, default=100)
    event = StringField(max_length=40, required=False)
    interaction = QueryIdField(required=False)
    queue = StringField(max_length=200, required=False)
    agent = StringField(max_length=150, required=False)
    workbin = QueryIdField(required=False)
    wait_seconds = QueryIntegerField(min_value=0, max_value=LONGEST_WAIT, default=0)

    def get_fields(self) -> dict[str, Any]:
        instants = {"from": InstantField(required=False), "to": InstantField(required=False)}
        return {**super().get_fields(), **instants}


class EventsView(ReportingView):
    @documented(
        "Reporting events",
        name="list_reporting_events",
        answers=EventsShape,
        query=[EventsQuery],
        links={
            "more": link("list_reporting_events", "What came since.", after="$response.body#/cursor"),
            "history": link(
                "get_history", "Of the first.", interaction="$response.body#/events/0/interaction"
            ),
        },
        tags=["reporting"],
        description="In order and without gaps. Without `after` from the first event on; an empty list means "
        "that there is no more yet.",
    )
    def get(self, request: Request) -> Response:
        query = self.query(EventsQuery)
        [after] = decode(query.pop("after"), "after") if "after" in query else [0]
        if not cursor.horizon.has_come_to(after):
            raise Invalid(errors={"after": ["This is not a cursor of this server: the log is shorter."]})
        since, until, limit = query.pop("from", None), query.pop("to", None), query.pop("limit")
        seconds = query.pop("wait_seconds")
        events, position = cursor.read(after, limit, since=since, until=until, **query)
        if not events and seconds:
            self.wait(Wait(seconds, {cursor.TOPIC: position}))
        return Response({"cursor": encode(position), "events": [render_event(event) for event in events]})


def render_event(event: Row) -> dict[str, Any]:
    return {
        "id": event.id,
        "event": event.event,
        "at": instant(event.at),
        "interaction": event.interaction,
        "external_id": event.external_id,
        "media_type": event.media_type,
        "queue": event.queue,
        "workbin": event.workbin,
        "agent": event.agent,
        "session": event.session,
        "place": event.place,
        "party": event.party,
        "operation": event.operation,
        "reason": event.reason,
        "actor": event.actor,
        "attributes": event.attributes,
    }
