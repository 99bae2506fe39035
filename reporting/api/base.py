"""Who may read reports, and reports as tables of comma-separated values."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from interactions.api.base import AGENT, REPORTING_ENGINE, ApiView
from interactions.api.json import JSONRenderer
from interactions.callers import AgentCaller
from interactions.errors import NotPermitted
from interactions.instants import instant

CSV = "text/csv"


class ReportingView(ApiView):
    roles = frozenset({AGENT, REPORTING_ENGINE})
    only_receives = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        caller = self.caller
        if isinstance(caller, AgentCaller) and not (caller.is_supervisor or caller.is_admin):
            raise NotPermitted


class CSVRenderer(JSONRenderer):
    """`rows` of an answer, with what is nested in columns of its own; a refusal is JSON as everywhere."""

    media_type = CSV
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return write_csv(data["rows"]) if isinstance(data, dict) and "rows" in data else super().render(data)


class AsAsked(DefaultContentNegotiation):
    """By Accept, as everywhere, or by `?format=csv` for who has only an address."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        if request.query_params.get("format") == CSVRenderer.format:
            return CSVRenderer(), CSV
        return super().select_renderer(request, renderers, format_suffix)


class TableView(ReportingView):
    renderer_classes = [JSONRenderer, CSVRenderer]
    content_negotiation_class = AsAsked

    @property
    def is_csv(self) -> bool:
        return self.request.accepted_renderer.format == CSVRenderer.format


def write_csv(rows: list[dict[str, Any]]) -> bytes:
    """With a header, which names every column that a row has, in the order of the first that has it."""
    flat = [flatten(row) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    text = StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue().encode()


def flatten(row: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            found |= flatten(value, f"{prefix}{name}_")
        else:
            found[prefix + name] = instant(value) if hasattr(value, "astimezone") else value
    return found
