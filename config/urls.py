from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerView

from config import health
from config.document import DocumentView

handler400 = "config.problems.bad_request"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("api/schema/", DocumentView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema")),
    path("api/v1/", include("interactions.urls")),
    path("api/v1/", include("workbins.urls")),
    path("api/v1/", include("reporting.urls")),
    path("admin/", admin.site.urls),
]
