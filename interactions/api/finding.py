"""Find interactions."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import access
from interactions.api.base import ApiView
from interactions.api.cursors import PageQuery, page
from interactions.api.documentation import documented
from interactions.api.fields import InstantField, QueryIdField, StringField
from interactions.api.rendering import render_interaction
from interactions.api.schema import FoundShape
from interactions.callers import AgentCaller, Caller
from interactions.errors import Invalid
from interactions.finding import Sought, find
from interactions.models import Agent, MediaType, Queue
from interactions.models.interaction import State

ME = "me"


class FindQuery(PageQuery):
    state = serializers.ChoiceField(choices=State.values, required=False)
    queue = StringField(max_length=200, required=False)
    workbin = QueryIdField(required=False)
    media_type = StringField(max_length=100, required=False)
    external_id = StringField(max_length=255, required=False)
    agent = StringField(max_length=150, required=False, help_text="Who holds it now: a user name, or `me`.")
    received_after = InstantField(required=False, help_text="Inclusive.")
    received_before = InstantField(required=False, help_text="Exclusive.")
    parent = QueryIdField(required=False)  # type: ignore[assignment]  # the field of that name
    thread = QueryIdField(required=False, help_text="Any interaction of the thread.")


class FindView(ApiView):
    @documented(
        "Find interactions",
        name="find_interactions",
        answers=FoundShape,
        query=[FindQuery],
        tags=["interactions"],
        description="What you may see of those that fit all filters, newest first. A filter that names what "
        "is not there finds nothing: an empty list.",
    )
    def get(self, request: Request) -> Response:
        query = self.query(FindQuery)
        sought = _sought(self.caller, query)
        if sought is None:
            return Response({"next": None, "previous": None, "results": []})
        sight = access.sight(self.caller)
        rows, neighbours = page(
            lambda position, backwards, limit: find(sight, sought, position, backwards, limit),
            lambda row: (row.id,),
            query,
            width=1,
        )
        return Response({**neighbours, "results": [render_interaction(row) for row in rows]})


def _sought(caller: Caller, query: dict[str, Any]) -> Sought | None:
    """None, if a name in it is nobody's."""
    ids: dict[str, Any] = {}
    if "queue" in query:
        ids["queue"] = _id(Queue.objects.filter(name=query["queue"], is_private=False))
    if "workbin" in query:
        if "queue" in query:
            return None  # nothing stands in both
        ids["queue"] = _id(Queue.objects.filter(pk=query["workbin"], is_private=True))
    if "media_type" in query:
        ids["media_type"] = _id(MediaType.objects.filter(name=query["media_type"]))
    if "agent" in query:
        ids["agent"] = _agent(caller, query["agent"])
    if None in ids.values():
        return None
    as_sent = ("state", "external_id", "received_after", "received_before", "parent", "thread")
    return Sought(**{name: query[name] for name in as_sent if name in query}, **ids)


def _agent(caller: Caller, name: str) -> int | None:
    if name != ME:
        return _id(Agent.objects.filter(user__username=name))
    if isinstance(caller, AgentCaller):
        return caller.agent_id
    raise Invalid(errors={"agent": ["Only an agent is `me`: name one."]})


def _id(named: QuerySet[Any]) -> int | None:
    return named.values_list("pk", flat=True).first()
