"""Submit an interaction: a media server for others, an agent to handle it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import access, lifecycle
from interactions.api.base import ApiView
from interactions.api.documentation import documented, link
from interactions.api.fields import (
    INT32,
    IdField,
    Input,
    InstantField,
    IntegerField,
    StringField,
    UserDataField,
)
from interactions.api.rendering import acknowledge
from interactions.api.schema import InteractionAckShape
from interactions.callers import AgentCaller, Caller
from interactions.errors import Invalid, NotFound
from interactions.lifecycle import Submission
from interactions.models import MediaType, Queue
from interactions.models.queue import LONGEST_TIMEOUT, SHORTEST_TIMEOUT
from interactions.rows import Row
from interactions.statements import locks


class Submit(Input):
    either = ("queue", "workbin")
    queue = StringField(max_length=200, required=False)
    workbin = IdField(required=False)
    media_type = StringField(max_length=100)
    interaction_type = StringField(max_length=100, default="", allow_blank=True)
    interaction_subtype = StringField(max_length=100, default="", allow_blank=True)
    external_id = StringField(max_length=255, required=False, allow_null=True)
    parent = IdField(required=False, allow_null=True)  # type: ignore[assignment]  # the field of that name
    priority = IntegerField(min_value=-INT32, max_value=INT32, default=0)
    user_data = UserDataField(default=dict)
    handling_timeout = IntegerField(
        min_value=SHORTEST_TIMEOUT, max_value=LONGEST_TIMEOUT, required=False, allow_null=True
    )
    received_at = InstantField(required=False, allow_null=True)


SUBMIT_EXAMPLE = OpenApiExample(
    "A mail",
    value={
        "queue": "email-support",
        "media_type": "email",
        "external_id": "<4711@example.org>",
        "user_data": {"subject": "My order"},
    },
    request_only=True,
)


_SUBMITTED = "$response.body#/interaction"
_IT = f"{_SUBMITTED}/id"
LINKS = {
    "get": link("get_interaction", "Look at it.", interaction=_IT),
    "pull": link("pull_from_queue", "Take it, or what stands before it.", name=f"{_SUBMITTED}/queue"),
    "stop": link("stop_processing", "It needs no one any more.", {}, interaction=_IT),
    "change": link("change_properties", "Say more of it.", {}, interaction=_IT),
    "revoke": link("revoke", "Take it from who holds it.", {}, interaction=_IT),
    "history": link("get_history", "All that happened to it.", interaction=_IT),
}


class SubmitView(ApiView):
    @documented(
        "Submit an interaction",
        name="submit_interaction",
        body=Submit,
        answers=InteractionAckShape,
        status=201,
        also=[200],
        refusals=[409],
        examples=[SUBMIT_EXAMPLE],
        links=LINKS,
        tags=["interactions"],
        description="A service's waits at the end of the line; an agent's is handled by that agent at once, "
        "as its `party`. A known `external_id` gives the one that exists (200).",
    )
    def post(self, request: Request) -> Response:
        given = self.body(Submit)
        submission = Submission(
            media_type=_media_type(given["media_type"]),  # first: it must not tell that a location exists
            location=_location(given),
            external_id=given.get("external_id"),
            interaction_type=given["interaction_type"],
            interaction_subtype=given["interaction_subtype"],
            parent_id=given.get("parent"),
            priority=given["priority"],
            user_data=given["user_data"],
            handling_timeout=given.get("handling_timeout"),
            received_at=given.get("received_at"),
        )
        row, is_new = _submit(self.caller, submission)
        return Response(acknowledge(row), status=201 if is_new else 200)


def _submit(caller: Caller, submission: Submission) -> tuple[Row, bool]:
    """The interaction, and whether it is new."""
    if isinstance(caller, AgentCaller):
        return lifecycle.submit_and_handle(caller, submission)
    [submitted] = lifecycle.submit(caller, [submission])
    [row] = locks.read([submitted.id])
    return row, submitted.is_new


def _location(given: dict[str, Any]) -> Queue:
    if "queue" in given:
        return access.public_queue(given["queue"])
    private = Queue.objects.filter(pk=given["workbin"], is_private=True).first()
    if private is None:
        raise NotFound("There is no such workbin, or you may not see it.")
    return private


def _media_type(name: str) -> MediaType:
    found = MediaType.objects.filter(name=name).first()
    if found is None:
        raise Invalid(errors={"media_type": [f"There is no media type named {name!r}."]})
    return found
