"""The dashboard's page, what refreshes it, and its tables as CSV. For staff who may see events."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from interactions.admin.rights import may_supervise
from interactions.models import Queue
from reporting.admin.events import WHOLE_QUARTERS
from reporting.api.base import CSV, write_csv
from reporting.dashboard import people, picture
from reporting.dashboard.charts import CHARTS
from reporting.dashboard.picture import Asked
from reporting.dashboard.ranges import RANGES, USUAL

View = Callable[..., HttpResponseBase]
PERMISSION = "reporting.view_event"


def may_look(request: HttpRequest) -> bool:
    return request.user.has_perm(PERMISSION)


def _guarded(view: View) -> View:
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not may_look(request):
            raise PermissionDenied
        response = view(request, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return admin.site.admin_view(guarded)


def add_to_index(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The admin begins with it (Unfold's DASHBOARD_CALLBACK). `?pages` shows what else there is."""
    if not may_look(request) or "pages" in request.GET:
        return context
    asked = read(request)
    return context | {
        "title": "Dashboard",
        "picture": _take(request, asked) | _links(request),
        "charts": CHARTS.values(),
        "ranges": RANGES.values(),
        "range": asked.range,
    }


def _links(request: HttpRequest) -> dict[str, Any]:
    """Where the page's script finds more; the list of interactions for those who may see it."""
    may_see_alarms = request.user.has_perm("reporting.view_alarm")
    may_list = _sees_all(request) or may_supervise(request)
    interactions = reverse("admin:interactions_interaction_changelist") if may_list else None
    return {
        "source": reverse("dashboard"),
        "alarm_list": reverse("admin:reporting_alarm_changelist") if may_see_alarms else None,
        "interactions": interactions,
        "lists": _lists(request, interactions),
        "shapes": [
            {
                "name": chart.name,
                "unit": chart.unit,
                "form": chart.form,
                "series": [{"name": series.name, "title": series.title} for series in chart.series],
            }
            for chart in CHARTS.values()
        ],
    }


def _lists(request: HttpRequest, interactions: str | None) -> dict[str, str]:
    """By the tile: the list of what it counts, as far as one may see it."""
    events = reverse("admin:reporting_event_changelist")
    found = {
        "revoked": f"{events}?event=EventRevoked&minutes={WHOLE_QUARTERS}",
        "completed": f"{events}?event=EventProcessingStopped&minutes={WHOLE_QUARTERS}",
    }
    if interactions:
        parties = reverse("admin:interactions_party_changelist")
        found |= {
            "waiting": f"{interactions}?state__exact=queued",
            "held": parties,
            "lag": f"{parties}?left=0",
        }
    if request.user.has_perm("interactions.view_session"):
        found["agents"] = reverse("admin:interactions_session_changelist")
    return found


def _sees_all(request: HttpRequest) -> bool:
    return request.user.has_perm("interactions.view_interaction")


def _take(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Figures are of all; what people wrote is for those who may see every interaction."""
    taken = picture.take(asked)
    if not _sees_all(request):
        taken["oldest"] = [_without_subject(row) for row in taken["oldest"]]
    return taken


def _without_subject(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"subject": None}


@_guarded
def data(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_take(request, read(request)))


@_guarded
def table(request: HttpRequest, name: str) -> HttpResponse:
    if name not in picture.TABLES:
        raise Http404
    asked = read(request)
    rows = picture.table(name, asked)
    if name == "oldest" and not _sees_all(request):
        rows = [_without_subject(row) for row in rows]
    response = HttpResponse(write_csv(rows), content_type=f"{CSV}; charset=utf-8")
    file = "-".join(filter(None, (name.replace("_", "-"), asked.queue, asked.range.name)))
    response.headers["Content-Disposition"] = f'attachment; filename="{file}.csv"'
    return response


def read(request: HttpRequest) -> Asked:
    """What is asked for in the address. What is not known there is taken as not said."""
    given = request.GET
    order, queue = given.get("agents", ""), given.get("queue", "")
    return Asked(
        RANGES.get(given.get("range", ""), USUAL),
        queue if _is_queue(queue) else None,
        order if order in people.ORDERS else people.USUAL,
    )


def _is_queue(name: str) -> bool:
    return bool(name) and "\0" not in name and Queue.objects.filter(name=name, is_private=False).exists()
