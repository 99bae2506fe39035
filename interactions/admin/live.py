"""Lists that renew themselves while they are looked at, and views of them that are one press away.

The page asks which rows stand in it by now, and what of each may have changed; it fetches those that are
others, and nothing else of the page. So hundreds of rows cost little, however often they are asked for.
"""

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode
from zlib import crc32

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from interactions.admin.table import write_rows

NEVER_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class View:
    title: str
    query: str  # of the list's address

    def is_current(self, request: HttpRequest) -> bool:
        asked = {name: value for name, value in request.GET.items() if value and name not in ("p", "o", "e")}
        return asked == dict(parse_qsl(self.query))


class LiveMixin(ModelAdmin):
    views: ClassVar[tuple[View, ...]] = ()
    list_before_template = "interactions/admin/live.html"

    def mark(self, row: Any) -> object:
        """Another, whenever the row is to be shown anew."""
        raise NotImplementedError

    def seconds_left(self, row: Any) -> float | None:
        """Seconds, of what has a clock that runs down."""
        return None

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("live/", guarded(self.live_view), name=self._named("live")),
            path("live/rows/", guarded(self.rows_view), name=self._named("rows")),
            *super().get_urls(),
        ]

    def _named(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "live": reverse(f"admin:{self._named('live')}"),
            "views": [(view, view.is_current(request)) for view in self.views],
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def live_view(self, request: HttpRequest) -> HttpResponse:
        rows = self._list(request).result_list
        listed = [(row.pk, crc32(repr(self.mark(row)).encode()), self.seconds_left(row)) for row in rows]
        return JsonResponse({"rows": listed}, headers=NEVER_KEPT)

    def rows_view(self, request: HttpRequest) -> HttpResponse:
        """Those of `id__in`, if they are in the list still."""
        shown = write_rows(self._list(request))
        return HttpResponse(f'<table id="result_list">{shown}</table>', headers=NEVER_KEPT)

    def _list(self, request: HttpRequest) -> ChangeList:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return self.get_changelist_instance(request)
        except IncorrectLookupParameters as error:
            raise BadRequest from error

    def get_preserved_filters(self, request: HttpRequest) -> str:
        """Those of the list, also for rows that it fetched: from their pages people go back to all of it."""
        match = request.resolver_match
        if match is None or match.url_name != self._named("rows"):
            return super().get_preserved_filters(request)
        asked = request.GET.copy()
        asked.pop("id__in", None)
        return urlencode({"_changelist_filters": asked.urlencode()}) if asked else ""
