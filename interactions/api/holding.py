"""What an agent holds, and that the agent is still at it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from interactions import sessions
from interactions.api.base import ApiView
from interactions.api.documentation import documented, link
from interactions.api.fields import Input
from interactions.api.rendering import render_party
from interactions.api.schema import KeptAliveShape, PartiesShape
from interactions.callers import Caller
from interactions.instants import instant
from interactions.sessions import Kept


class KeepAlive(Input):
    pass


class HoldingView(ApiView):
    """What is held comes out of the reset itself: no request is sent more often than a keep-alive."""

    def identify(self, token: str, *, resets: bool) -> tuple[Caller, Kept | None]:
        return sessions.keep_alive(token)

    def parties(self) -> dict[str, Any]:
        kept: Any = self.request.auth
        return {"server_time": instant(kept.now), "parties": [render_party(hold) for hold in kept.holds]}


_FIRST = "$response.body#/parties/0"
_MINE = {"party": f"{_FIRST}/id"}
HELD_LINKS = {
    "get": link("get_interaction", "What the first is about.", interaction=f"{_FIRST}/interaction"),
    "stop": link("stop_processing", "It is done.", _MINE, interaction=f"{_FIRST}/interaction"),
    "requeue": link("place_in_queue", "Back to where it stood.", _MINE, interaction=f"{_FIRST}/interaction"),
}


class KeepAliveView(HoldingView):
    @documented(
        "I am still at it",
        name="keep_alive",
        body=KeepAlive,
        answers=KeptAliveShape,
        links=HELD_LINKS,
        tags=["holding"],
        description="Any request resets the timers of all that you hold; this one does nothing else.",
    )
    def post(self, request: Request) -> Response:
        self.body(KeepAlive)
        return Response({"event": "EventAck", **self.parties()})


class PartiesView(HoldingView):
    @documented(
        "What I hold",
        name="list_parties",
        answers=PartiesShape,
        links=HELD_LINKS,
        tags=["holding"],
        description="An application that crashed logs in again and starts here.",
    )
    def get(self, request: Request) -> Response:
        return Response(self.parties())
