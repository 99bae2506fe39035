"""Interactions: submit and find them, and what their holders and supervisors do with one."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from interactions import access, lifecycle
from interactions.api.base import AGENT, MEDIA_SERVER, REPORTING_ENGINE, ApiView
from interactions.api.documentation import documented
from interactions.api.fields import INT32, IdField, Input, IntegerField, StringField, UserDataField
from interactions.api.finding import FindView
from interactions.api.rendering import acknowledge, render_interaction
from interactions.api.schema import InteractionAckShape, InteractionShape
from interactions.api.submission import SubmitView
from interactions.callers import AgentCaller, Caller
from interactions.lifecycle import Changes
from interactions.statements import locks


class InteractionsView(SubmitView, FindView):
    roles = frozenset({AGENT, MEDIA_SERVER})
    readers = frozenset({REPORTING_ENGINE})


class ChangeProperties(Input):
    party = IdField(required=False)
    user_data = UserDataField(required=False)
    priority = IntegerField(min_value=-INT32, max_value=INT32, required=False)
    interaction_subtype = StringField(max_length=100, required=False, allow_blank=True)
    external_id = StringField(max_length=255, required=False, allow_null=True)


class InteractionView(ApiView):
    roles = frozenset({AGENT, MEDIA_SERVER})
    readers = frozenset({REPORTING_ENGINE})

    @documented("One interaction", name="get_interaction", answers=InteractionShape, tags=["interactions"])
    def get(self, request: Request, interaction: int) -> Response:
        access.require_visible(self.caller, [interaction])
        [row] = locks.read([interaction])
        return Response(render_interaction(row))

    @documented(
        "Change properties",
        name="change_properties",
        body=ChangeProperties,
        answers=InteractionAckShape,
        refusals=[409],
        tags=["interactions"],
        description="`user_data` is merged key by key, and null deletes a key; what is not sent stays. "
        "Agents send the `party` under which they hold it.",
    )
    def patch(self, request: Request, interaction: int) -> Response:
        given = self.body(ChangeProperties)
        party = _party(self.caller, given)
        changes = Changes(given.pop("user_data", {}), given)
        return Response(acknowledge(lifecycle.change_properties(self.caller, interaction, party, changes)))


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
        party = _party(self.caller, given)
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


def _party(caller: Caller, given: dict[str, Any]) -> int | None:
    """The party sent. A service has none."""
    party = given.pop("party", None)
    return party if isinstance(caller, AgentCaller) else None
