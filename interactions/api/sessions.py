"""Log in, see the session, log out."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import sessions
from interactions.api.base import ApiView
from interactions.api.documentation import documented, link
from interactions.api.fields import Input, StringField
from interactions.api.schema import CurrentSessionShape, NewSessionShape
from interactions.callers import AgentCaller
from interactions.instants import instant
from interactions.models import Agent
from interactions.statements import locks


class LogIn(Input):
    username = StringField(max_length=150)
    password = StringField(max_length=1000)
    application = StringField(max_length=100, default="", allow_blank=True)
    place = StringField(max_length=100, required=False, allow_null=True)


EXAMPLE = OpenApiExample(
    "Log in", value={"username": "alice", "password": "…", "application": "desk"}, request_only=True
)


class SessionsView(ApiView):
    authentication_classes = []

    @documented(
        "Log in",
        name="log_in",
        body=LogIn,
        answers=NewSessionShape,
        status=201,
        refusals=[429],
        examples=[EXAMPLE],
        links={
            "session": link("get_session", "With the token that came."),
            "parties": link("list_parties", "What I hold from before."),
        },
        tags=["sessions"],
        takes_key=False,
    )
    def post(self, request: Request) -> Response:
        given = self.body(LogIn)
        entered = sessions.log_in(**given, address=request.META.get("REMOTE_ADDR", ""))
        return Response({**render_session(entered.caller), "token": entered.token}, status=201)


class CurrentSessionView(ApiView):
    @documented("My session", name="get_session", answers=CurrentSessionShape, tags=["sessions"])
    def get(self, request: Request) -> Response:
        return Response(render_session(self.caller))

    @documented(
        "Log out",
        name="log_out",
        answers=None,
        status=204,
        tags=["sessions"],
        description="Ends the session. With the agent's last session, all that the agent holds waits again.",
    )
    def delete(self, request: Request) -> Response:
        sessions.log_out(self.caller)
        return Response(status=204)


def render_session(caller: AgentCaller) -> dict[str, Any]:
    groups = Agent.groups.through.objects.filter(agent_id=caller.agent_id)
    return {
        "event": "EventAck",
        "expires_at": instant(locks.read_now() + timedelta(seconds=settings.SESSION_IDLE_TIMEOUT)),
        "session": {
            "id": caller.session,
            "application": caller.application,
            "place": caller.place,
            "started_at": instant(caller.started_at),
        },
        "agent": {
            "username": caller.username,
            "employee_id": caller.employee_id,
            "groups": sorted(groups.values_list("agentgroup__name", flat=True)),
            "is_supervisor": caller.is_supervisor,
            "capacity": caller.capacity,
        },
    }
