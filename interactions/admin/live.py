"""Lists that renew themselves while they are looked at, and views of them that are one press away.

The page asks which rows stand in it by now, and what of each may have changed; it fetches those that are
others, as the list itself shows them. So hundreds of rows cost little, however often they are asked for.
"""

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl
from zlib import crc32

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin


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
        view = self.admin_site.admin_view(self.live_view)
        return [path("live/", view, name=self._live_name()), *super().get_urls()]

    def _live_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_live"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "live": reverse(f"admin:{self._live_name()}"),
            "views": [(view, view.is_current(request)) for view in self.views],
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def live_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).result_list
        except IncorrectLookupParameters as error:
            raise BadRequest from error
        listed = [(row.pk, crc32(repr(self.mark(row)).encode()), self.seconds_left(row)) for row in rows]
        return JsonResponse({"rows": listed}, headers={"Cache-Control": "no-store"})
