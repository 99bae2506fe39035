"""Intervals and the present over REST."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interactions.api.documentation import documented
from interactions.api.fields import InstantField, QueryIdField, QueryInput, StringField
from interactions.errors import Invalid
from interactions.statements.locks import read_now
from reporting import now
from reporting.api.base import CSV, TableView
from reporting.api.render import ROWS, render_now, rows_of_now
from reporting.api.schema import (
    AgentIntervalsShape,
    NowShape,
    QueueIntervalsShape,
    ServerIntervalsShape,
    WorkbinIntervalsShape,
)
from reporting.intervals import reading
from reporting.intervals.spans import DAY, HOUR, LENGTHS, QUARTER
from reporting.models import Kind
from reporting.snapshot import snapshot

MOST = 1_000  # spans in an answer
USUAL = {QUARTER: timedelta(days=1), HOUR: timedelta(days=7), DAY: timedelta(days=30)}


class FormatQuery(QueryInput):
    format = serializers.ChoiceField(["json", "csv"], required=False, help_text="As Accept.")


class IntervalsQuery(FormatQuery):
    interval = serializers.ChoiceField(
        [str(seconds) for seconds in LENGTHS], default=str(QUARTER), help_text="Seconds."
    )

    def get_fields(self) -> dict[str, Any]:
        instants = {"from": InstantField(required=False), "to": InstantField(required=False)}
        return {**super().get_fields(), **instants}


class QueuesQuery(IntervalsQuery):
    queue = StringField(max_length=200, required=False)


class WorkbinsQuery(IntervalsQuery):
    workbin = QueryIdField(required=False)


class AgentsQuery(IntervalsQuery):
    agent = StringField(max_length=150, required=False)


class IntervalsView(TableView):
    kind: ClassVar[Kind]
    shape: ClassVar[type[IntervalsQuery]]

    def answer(self, request: Request) -> Response:
        query = self.query(self.shape)
        seconds = int(query["interval"])
        since, until = _between(query, seconds)
        key = query.get(self.kind.value)
        with snapshot():
            found = reading.spans(self.kind.value, since, until, seconds, None if key is None else {str(key)})
            counted = reading.counted_until()
        rows = ROWS[self.kind](found)
        return Response(
            {"from": since, "to": until, "interval": seconds, "counted_until": counted, "rows": rows}
        )


def _between(query: dict[str, Any], seconds: int) -> tuple[datetime, datetime]:
    until = query.get("to") or read_now()
    since = query.get("from") or until - USUAL[seconds]
    if (until - since).total_seconds() > MOST * seconds:
        text = f"At most {MOST} intervals are answered at once: ask for a shorter time or a longer interval."
        raise Invalid(errors={"from": [text]})
    return since, until


def _intervals(what: str, name: str, shape: Any, query: Any) -> Callable[[Any], Any]:
    return documented(
        f"What happened per {what} and interval",
        name=name,
        answers=shape,
        text_as=[CSV],
        query=[query],
        tags=["reporting"],
        description="Whole intervals of UTC, from the one that `from` is in to before `to` or now. "
        f"`Accept: text/csv` or `?format=csv` gives the rows as a table. At most {MOST} intervals.",
    )


class QueuesView(IntervalsView):
    kind, shape = Kind.QUEUE, QueuesQuery

    @_intervals("queue", "list_queue_intervals", QueueIntervalsShape, QueuesQuery)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class WorkbinsView(IntervalsView):
    kind, shape = Kind.WORKBIN, WorkbinsQuery

    @_intervals("workbin", "list_workbin_intervals", WorkbinIntervalsShape, WorkbinsQuery)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class AgentsView(IntervalsView):
    kind, shape = Kind.AGENT, AgentsQuery

    @_intervals("agent", "list_agent_intervals", AgentIntervalsShape, AgentsQuery)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class ServerView(IntervalsView):
    kind, shape = Kind.SERVER, IntervalsQuery

    @_intervals("server", "list_server_intervals", ServerIntervalsShape, IntervalsQuery)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class NowView(TableView):
    @documented(
        "The present",
        name="get_now",
        answers=NowShape,
        text_as=[CSV],
        query=[FormatQuery],
        tags=["reporting"],
        description="Every public queue, the workbins that are not empty, and the agents who are logged in "
        "or hold something. As a table (`Accept: text/csv` or `?format=csv`) each is a row.",
    )
    def get(self, request: Request) -> Response:
        self.query(FormatQuery)
        found = now.look()
        return Response({"rows": rows_of_now(found)} if self.is_csv else render_now(found))
