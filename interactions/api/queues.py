"""Queues and the pull."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interactions import access, lifecycle
from interactions.api.base import LONGEST_WAIT, ApiView
from interactions.api.documentation import documented, link
from interactions.api.fields import Input, IntegerField, StringField
from interactions.api.rendering import render_interaction
from interactions.api.schema import PulledShape, QueuesShape
from interactions.instants import instant, instant_or_none
from interactions.lifecycle import Pulled
from interactions.queues import count_lines
from interactions.waking import QUEUES, TAKEN, Wait, rights_topic


class PullNext(Input):
    media_types = serializers.ListField(
        child=StringField(max_length=100), min_length=1, max_length=100, required=False
    )
    wait_seconds = IntegerField(min_value=0, max_value=LONGEST_WAIT, default=0)


class Pull(PullNext):
    count = IntegerField(min_value=1, max_value=100, default=1)


_FIRST = "$response.body#/interactions/0"
_MINE = {"party": f"{_FIRST}/party/id"}
PULLED_LINKS = {
    "get": link("get_interaction", "Look at the first.", interaction=f"{_FIRST}/id"),
    "stop": link("stop_processing", "It is done.", _MINE, interaction=f"{_FIRST}/id"),
    "requeue": link("place_in_queue", "Back to where it stood.", _MINE, interaction=f"{_FIRST}/id"),
}


class QueuesView(ApiView):
    @documented(
        "Queues I may pull from",
        name="list_queues",
        answers=QueuesShape,
        links={
            "pull": link(
                "pull_from_queue", "Take from the first.", {"count": 1}, name="$response.body#/queues/0/name"
            )
        },
        tags=["queues"],
    )
    def get(self, request: Request) -> Response:
        queues = list(access.pullable_queues(self.caller).filter(is_private=False))
        lines = count_lines([queue.pk for queue in queues])
        return Response(
            {
                "queues": [
                    {
                        "name": queue.name,
                        "description": queue.description,
                        "is_paused": queue.is_paused,
                        "waiting": lines[queue.pk].waiting,
                        "held": lines[queue.pk].held,
                        "oldest_waiting_at": instant_or_none(lines[queue.pk].oldest_waiting_at),
                    }
                    for queue in queues
                ]
            }
        )


class WaitingView(ApiView):
    """A pull that may wait until there is something."""

    def answer(self, pulled: Pulled, given: dict[str, Any], queues: Iterable[str]) -> Response:
        """`queues` are read only if it waits."""
        self.request.META[TAKEN] = {(row.queue, row.media_type) for row in pulled.rows}
        if not pulled.rows and given["wait_seconds"]:
            topics = {QUEUES: 0, rights_topic(self.caller.agent_id): 0}
            media = frozenset(given["media_types"]) if "media_types" in given else None
            self.wait(Wait(given["wait_seconds"], topics, tuple(queues), media))
        return Response(render_pulled(pulled))


class PullView(WaitingView):
    @documented(
        "Pull from a queue",
        name="pull_from_queue",
        body=Pull,
        answers=PulledShape,
        refusals=[409],
        links=PULLED_LINKS,
        tags=["queues"],
        examples=[
            OpenApiExample("Two e-mails", value={"count": 2, "media_types": ["email"]}, request_only=True)
        ],
        description="Takes the first that wait; then, if there are too few, those whose holders went quiet. "
        "An empty list means that there is nothing; `wait_seconds` waits for the first to come.",
    )
    def post(self, request: Request, name: str) -> Response:
        given = self.body(Pull)
        pulled = lifecycle.pull(self.caller, name, given["count"], given.get("media_types"))
        return self.answer(pulled, given, [name])


class PullNextView(WaitingView):
    @documented(
        "Pull the next",
        name="pull_next",
        body=PullNext,
        answers=PulledShape,
        refusals=[409],
        tags=["queues"],
        description="The best over all queues you may pull from, queue by queue in the order of their "
        "positions; paused ones are passed over.",
    )
    def post(self, request: Request) -> Response:
        given = self.body(PullNext)
        pulled = lifecycle.pull_next(self.caller, given.get("media_types"))
        queues = access.pullable_queues(self.caller).filter(is_private=False)
        return self.answer(pulled, given, queues.values_list("name", flat=True))


def render_pulled(pulled: Pulled) -> dict[str, Any]:
    return {
        "event": "EventPulledInteractions",
        "server_time": instant(pulled.at),
        "interactions": [render_interaction(row) for row in pulled.rows],
    }
