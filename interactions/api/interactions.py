"""Submit an interaction, look at it, and what its holder does with it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import access, lifecycle
from interactions.api.base import AGENT, MEDIA_SERVER, REPORTING_ENGINE, ApiView
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
from interactions.api.rendering import render_interaction
from interactions.api.schema import InteractionAckShape, InteractionShape
from interactions.callers import AgentCaller
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
    "revoke": link("revoke", "Take it from who holds it.", {}, interaction=_IT),
    "history": link("get_history", "All that happened to it.", interaction=_IT),
}


class InteractionsView(ApiView):
    roles = frozenset({MEDIA_SERVER})

    @documented(
        "Submit an interaction",
        name="submit_interaction",
        body=Submit,
        answers=InteractionAckShape,
        status=201,
        also=[200],
        examples=[SUBMIT_EXAMPLE],
        links=LINKS,
        tags=["interactions"],
        description="It waits at the end of the line. A known `external_id` gives the one that exists (200).",
    )
    def post(self, request: Request) -> Response:
        given = self.body(Submit)
        submission = Submission(
            location=_location(given),
            media_type=_media_type(given["media_type"]),
            external_id=given.get("external_id"),
            interaction_type=given["interaction_type"],
            interaction_subtype=given["interaction_subtype"],
            parent_id=given.get("parent"),
            priority=given["priority"],
            user_data=given["user_data"],
            handling_timeout=given.get("handling_timeout"),
            received_at=given.get("received_at"),
        )
        [submitted] = lifecycle.submit(self.caller, [submission])
        return Response(acknowledge(read(submitted.id)), status=201 if submitted.is_new else 200)


class InteractionView(ApiView):
    roles = frozenset({AGENT, MEDIA_SERVER, REPORTING_ENGINE})

    @documented("One interaction", name="get_interaction", answers=InteractionShape, tags=["interactions"])
    def get(self, request: Request, interaction: int) -> Response:
        access.require_visible(self.caller, [interaction])
        return Response(render_interaction(read(interaction)))


class PlaceInQueue(Input):
    party = IdField(required=False)
    queue = StringField(max_length=200, required=False)


class PlaceInQueueView(ApiView):
    @documented(
        "Place in a queue",
        name="place_in_queue",
        body=PlaceInQueue,
        answers=InteractionAckShape,
        refusals=[409],
        tags=["interactions"],
        description="It waits at the end of that queue's line; without `queue`, of the one where it stood.",
    )
    def post(self, request: Request, interaction: int) -> Response:
        given = self.body(PlaceInQueue)
        queue = access.public_queue(given["queue"]) if "queue" in given else None
        return Response(acknowledge(lifecycle.place(self.caller, interaction, given.get("party"), queue)))


class StopProcessing(Input):
    party = IdField(required=False)
    reason = StringField(max_length=255, required=False, allow_null=True)


class StopProcessingView(ApiView):
    roles = frozenset({AGENT, MEDIA_SERVER})

    @documented(
        "Stop processing",
        name="stop_processing",
        body=StopProcessing,
        answers=InteractionAckShape,
        refusals=[409],
        tags=["interactions"],
        description="The interaction is complete. Agents send the `party` under which they hold it.",
    )
    def post(self, request: Request, interaction: int) -> Response:
        given = self.body(StopProcessing)
        party = given.get("party") if isinstance(self.caller, AgentCaller) else None
        stopped = lifecycle.stop_processing(self.caller, interaction, party, given.get("reason"))
        return Response(acknowledge(stopped))


class Revoke(Input):
    reason = StringField(max_length=255, required=False, allow_null=True)


class RevokeView(ApiView):
    @documented(
        "Revoke by hand",
        name="revoke",
        body=Revoke,
        answers=InteractionAckShape,
        refusals=[409],
        tags=["interactions"],
        description="For supervisors and admins. The interaction waits again where it was, at its old turn.",
    )
    def post(self, request: Request, interaction: int) -> Response:
        given = self.body(Revoke)
        return Response(acknowledge(lifecycle.revoke(self.caller, interaction, given.get("reason"))))


def read(interaction: int) -> Row:
    [row] = locks.read([interaction])
    return row


def acknowledge(row: Row) -> dict[str, Any]:
    return {"event": "EventAck", "interaction": render_interaction(row)}


def _location(given: dict[str, Any]) -> Queue:
    if "queue" in given:
        return access.public_queue(given["queue"])
    private = Queue.objects.filter(pk=given["workbin"], is_private=True).first()
    if private is None:
        raise NotFound(f"There is no workbin {given['workbin']}.")
    return private


def _media_type(name: str) -> MediaType:
    found = MediaType.objects.filter(name=name).first()
    if found is None:
        raise Invalid(errors={"media_type": [f"There is no media type named {name!r}."]})
    return found
