"""Workbins: whose there are, what waits in them, pull, subscribe."""

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import lifecycle
from interactions.api.base import AGENT, MEDIA_SERVER, ApiView
from interactions.api.cursors import PageQuery, page
from interactions.api.documentation import documented, link
from interactions.api.fields import DistinctListField, IdField, Input, IntegerField
from interactions.api.queues import PULLED_LINKS, render_pulled
from interactions.api.rendering import acknowledge, render_interaction
from interactions.api.schema import AckShape, InteractionAckShape, PulledShape
from interactions.queues import count_lines
from workbins import subscriptions
from workbins.access import visible_workbin, visible_workbins
from workbins.api.schema import ContentShape, WorkbinsShape, WorkbinTypesShape
from workbins.content import read_waiting
from workbins.models import Workbin, WorkbinType

FIRST = "$response.body#/workbins/0/id"


class WorkbinTypesView(ApiView):
    roles = frozenset({AGENT, MEDIA_SERVER})

    @documented("Workbin types", name="list_workbin_types", answers=WorkbinTypesShape, tags=["workbins"])
    def get(self, request: Request) -> Response:
        types = WorkbinType.objects.values("name", "display_name", "owner_kind")
        return Response({"event": "EventWorkbinTypesInfo", "workbin_types": list(types)})


class WorkbinsView(ApiView):
    roles = frozenset({AGENT, MEDIA_SERVER})

    @documented(
        "Workbins I may see",
        name="list_workbins",
        answers=WorkbinsShape,
        links={
            "content": link("get_workbin_content", "What waits in the first.", workbin=FIRST),
            "pull": link("pull_from_workbin", "Take from the first.", {"count": 1}, workbin=FIRST),
            "subscribe": link("subscribe_to_workbin", "Hear of its changes.", workbin=FIRST),
            "unsubscribe": link("unsubscribe_from_workbin", "Hear of them no more.", workbin=FIRST),
        },
        tags=["workbins"],
    )
    def get(self, request: Request) -> Response:
        owners = ("agent__user", "agent_group", "place", "place_group")
        workbins = list(visible_workbins(self.caller).select_related(*owners))
        lines = count_lines([workbin.pk for workbin in workbins])
        return Response({"workbins": [_render(workbin, lines[workbin.pk]) for workbin in workbins]})


class ContentView(ApiView):
    @documented(
        "What waits in a workbin",
        name="get_workbin_content",
        answers=ContentShape,
        query=[PageQuery],
        links={
            "next": link(
                "get_workbin_content",
                "The next page.",
                workbin="$request.path.workbin",
                cursor="$response.body#/next",
            ),
            "pull": link(
                "pull_from_workbin",
                "Take the first.",
                {"interactions": ["$response.body#/interactions/0/id"]},
                workbin="$request.path.workbin",
            ),
        },
        tags=["workbins"],
    )
    def get(self, request: Request, workbin: int) -> Response:
        query = self.query(PageQuery)
        found = visible_workbin(self.caller, workbin)
        rows, neighbours = page(
            lambda position, backwards, limit: read_waiting(found.pk, position, backwards, limit),
            lambda turn_and_row: (turn_and_row[1].priority, turn_and_row[0]),
            query,
            width=2,
        )
        return Response(
            {
                "event": "EventWorkbinContent",
                "workbin": found.pk,
                "interactions": [render_interaction(row) for _, row in rows],
                **neighbours,
            }
        )


class PullFromWorkbin(Input):
    either = ("interactions", "count")
    interactions = DistinctListField(child=IdField(), min_length=1, max_length=100, required=False)
    count = IntegerField(min_value=1, max_value=100, required=False)


class PullView(ApiView):
    @documented(
        "Pull from a workbin",
        name="pull_from_workbin",
        body=PullFromWorkbin,
        answers=PulledShape,
        refusals=[409],
        links=PULLED_LINKS,
        tags=["workbins"],
        examples=[OpenApiExample("These two", value={"interactions": [17, 4]}, request_only=True)],
        description="By ids, all or nothing, or by `count` in order.",
    )
    def post(self, request: Request, workbin: int) -> Response:
        given = self.body(PullFromWorkbin)
        if "count" in given:  # a workbin's id is its queue's
            return Response(render_pulled(lifecycle.pull(self.caller, workbin, given["count"])))
        return Response(render_pulled(lifecycle.pull_by_id(self.caller, workbin, given["interactions"])))


class SubscriptionView(ApiView):
    @documented(
        "Hear of a workbin's changes",
        name="subscribe_to_workbin",
        answers=AckShape,
        links={
            "unsubscribe": link(
                "unsubscribe_from_workbin", "Hear of them no more.", workbin="$request.path.workbin"
            )
        },
        tags=["workbins"],
    )
    def put(self, request: Request, workbin: int) -> Response:
        subscriptions.subscribe(self.caller, visible_workbin(self.caller, workbin))
        return Response({"event": "EventAck"})

    @documented(
        "Hear of them no more",
        name="unsubscribe_from_workbin",
        answers=AckShape,
        refusals=[409],
        tags=["workbins"],
    )
    def delete(self, request: Request, workbin: int) -> Response:
        subscriptions.unsubscribe(self.caller, visible_workbin(self.caller, workbin))
        return Response({"event": "EventAck"})


class PlaceInWorkbin(Input):
    party = IdField(required=False)
    workbin = IdField()


class PlaceInWorkbinView(ApiView):
    @documented(
        "Place in a workbin",
        name="place_in_workbin",
        body=PlaceInWorkbin,
        answers=InteractionAckShape,
        refusals=[409],
        tags=["interactions"],
    )
    def post(self, request: Request, interaction: int) -> Response:
        given = self.body(PlaceInWorkbin)
        workbin = visible_workbin(self.caller, given["workbin"])
        placed = lifecycle.place(self.caller, interaction, given.get("party"), workbin.queue)
        return Response(acknowledge(placed))


def _render(workbin: Workbin, line: Any) -> dict[str, Any]:
    return {
        "id": workbin.pk,
        "type": workbin.type.name,
        "owner_kind": workbin.type.owner_kind,
        "owner": str(workbin.owner),
        "waiting": line.waiting,
        "held": line.held,
    }
