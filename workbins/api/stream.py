"""An agent's mailbox as a stream of Server-Sent Events."""

from collections.abc import Sequence

import orjson
from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import sessions
from interactions.api.base import ApiView
from interactions.api.cursors import CursorField
from interactions.api.documentation import documented
from interactions.api.fields import QueryInput
from interactions.api.json import EventStreamRenderer
from interactions.waking import Piece, Wait
from workbins.api.events import Page, cursor, read_page, read_pages, render

STREAM_PAGE = 200
LONGEST_QUIET = 300.0  # seconds after which a stream shows that its agent's application is still there


class StreamQuery(QueryInput):
    after = CursorField(required=False)


LAST_EVENT_ID = OpenApiParameter(
    "Last-Event-ID", str, OpenApiParameter.HEADER, description="The last `id`. Goes before `after`."
)


class StreamView(ApiView):
    """It answers with the first piece of the stream; the web server appends what `read_on` gives."""

    only_receives = True
    renderer_classes = [EventStreamRenderer]

    @documented(
        "My events, as they come",
        name="stream_events",
        answers=OpenApiTypes.STR,
        media_type="text/event-stream",
        query=[StreamQuery, LAST_EVENT_ID],
        refusals=[410],
        tags=["events"],
        description="Server-Sent Events: `id` is the cursor, `data` an event as `GET events` gives it. "
        "`Last-Event-ID` goes on after that one; without it, and without `after`, from the present on. A "
        "comment comes every 15 s. It ends with the session, and does not reset the timers.",
    )
    def get(self, request: Request) -> Response:
        query = self.query(StreamQuery)
        after = request.headers.get("Last-Event-ID") or query.get("after")
        page = read_page(self.caller, after, STREAM_PAGE)
        self.wait(_wait_after(page))
        unbuffered = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return Response(_text(page), headers=unbuffered)


def read_on(waits: Sequence[Wait]) -> list[Piece | None]:
    """What the view would answer each, in as many statements as for one."""
    callers = sessions.identify_all({wait.session for wait in waits})
    asked = [(callers[wait.session], wait.last_event_id) for wait in waits if wait.session in callers]
    pages = iter(read_pages(asked, STREAM_PAGE))
    return [_next_piece(wait, next(pages) if wait.session in callers else None) for wait in waits]


def _next_piece(wait: Wait, page: Page | None) -> Piece | None:
    if page is None:
        return None
    following = _wait_after(page)
    following.end_with(wait.session)
    return Piece(_text(page), following)


def _wait_after(page: Page) -> Wait:
    quiet = min(LONGEST_QUIET, settings.SESSION_IDLE_TIMEOUT / 4)
    seconds = quiet if page.is_all else 0
    return Wait(seconds, page.topics, is_stream=True, last_event_id=page.upto, read_on=read_on)


def _text(page: Page) -> bytes:
    pieces = [
        f"id: {cursor(message.id, message.at)}\ndata: {orjson.dumps(render(message)).decode()}\n\n"
        for message in page.messages
    ]
    if not pieces:  # a client that comes again after a quiet day goes on from here
        pieces = [f"id: {page.upto}\n\n"]
    return "".join(pieces).encode()
