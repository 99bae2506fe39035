"""One interaction's life over REST: its events, and the spans that they bound."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from interactions.api.documentation import documented
from interactions.errors import NotFound
from interactions.instants import instant, instant_or_none
from interactions.statements.locks import read_now
from reporting.api.base import ReportingView
from reporting.api.events import render_event
from reporting.api.schema import HistoryShape
from reporting.life import Kind, Span, spans_of, spent
from reporting.rows import Row, life


class HistoryView(ReportingView):
    @documented("One interaction's history", name="get_history", answers=HistoryShape, tags=["reporting"])
    def get(self, request: Request, interaction: int) -> Response:
        events = life(interaction)
        if not events:
            raise NotFound
        spans = spans_of(events, read_now())
        return Response(
            {
                "interaction": interaction,
                "spent": spent(spans),
                "spans": [render_span(span) for span in spans],
                "events": [render_event(event) for event in events],
            }
        )


def render_span(span: Span) -> dict[str, Any]:
    said = span.revocation.attributes if span.revocation else {}
    is_held = span.kind == Kind.IN_HANDS
    return {
        "kind": span.kind.value,
        "queue": span.began.queue,
        "workbin": span.began.workbin,
        "agent": span.began.agent if is_held else None,
        "party": span.began.party if is_held else None,
        "begin": instant(span.begin),
        "end": instant_or_none(span.end),
        "seconds": span.seconds,
        "began": render_turn(span.began),
        "ended": render_turn(span.ended) if span.ended else None,
        "late_seconds": said.get("late_seconds"),
        "comment": said.get("comment"),
    }


def render_turn(event: Row) -> dict[str, Any]:
    return {"event": event.event, "reason": event.reason, "actor": event.actor}
