from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from config import health, metrics
from config.document import DocumentView

admin.autodiscover()

handler400 = "config.problems.bad_request"
handler403 = "config.problems.forbidden"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"


def unless_closed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def open_or_nothing(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if settings.DOCS == "closed":
            raise Http404
        return view(request, **kwargs)

    return open_or_nothing


urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("api/schema/", unless_closed(DocumentView.as_view()), name="schema"),
    path("api/docs/", unless_closed(SpectacularSwaggerSplitView.as_view(url_name="schema"))),
    path("api/v1/", include("interactions.urls")),
    path("api/v1/", include("workbins.urls")),
    path("api/v1/", include("reporting.urls")),
    path("admin/dashboard/", include("reporting.dashboard.urls")),
    path("admin/", admin.site.urls),
    path("desk/", include("desk.urls")),
]
