"""The OpenAPI document: YAML, or JSON where `?format=json` or the Accept header asks for it."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


class ByFormat(DefaultContentNegotiation):
    """The API itself takes no `format` (see settings), for a query has no fields but those documented."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return super().select_renderer(
            request, renderers, request.query_params.get("format") or format_suffix
        )


class DocumentView(SpectacularAPIView):
    content_negotiation_class = ByFormat
