"""Parties: who holds what, and for how long yet."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import DurationField, ExpressionWrapper, F, Model, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.views import ChangeList

from interactions import lifecycle
from interactions.admin.commands import Commanded, Order
from interactions.admin.filters import OpenFilter, is_open_only
from interactions.admin.forms import ReasonForm
from interactions.admin.live import LiveMixin, View
from interactions.admin.locations import name_locations
from interactions.admin.rights import may_supervise, only_seen
from interactions.admin.subjects import subject_at
from interactions.admin.words import label, link, moment, shorten
from interactions.callers import Caller
from interactions.models import Party
from interactions.spans import write_clock, write_span
from interactions.sql import is_id

VIEW = "interactions.view_party"

COLUMNS = ("time_left", "agent", "operation", moment("joined_at"), "timeout", moment("ended_at"), "reason")


def revoke(caller: Caller, party: int, answers: dict[str, Any]) -> None:
    """This hold alone: if someone else holds the interaction by now, that hold stays."""
    interaction = Party.objects.values_list("interaction", flat=True).get(pk=party)
    lifecycle.revoke(caller, interaction, answers["reason"] or None, party)


REVOKE = Order(
    "Revoke",
    "revoked",
    "The hold ends and the interaction waits again where it stood, at its old turn. Its agent is told.",
    revoke,
    ReasonForm,
)


def with_time_left(queryset: QuerySet[Party]) -> QuerySet[Party]:
    """By the database's clock, as the timer goes by it."""
    left = ExpressionWrapper(F("deadline_at") - Now(), output_field=DurationField())
    return queryset.annotate(left=left)


_TIME_LEFT = (
    '<span class="wb-time-left" data-party="{}" data-left="{}" data-warn-below="{}" '
    'data-source="{}">{}</span>'
)


def write_time_left(party: Any) -> SafeString:
    """As clock.js goes on with it."""
    seconds = party.left.total_seconds()
    words = write_clock(int(seconds)) if seconds > 0 else "overdue"
    warn_below = f"{min(party.handling_timeout / 10, 60):g}"  # as EventDeadlineSoon
    source = reverse("admin:interactions_party_time_left")
    return format_html(_TIME_LEFT, party.pk, f"{seconds:.3f}", warn_below, source, words)


class PartyColumns:
    @display(description="time left", ordering="deadline_at")
    def time_left(self, party: Any) -> SafeString | None:
        if party.ended_at:
            return None
        return write_time_left(party)

    @display(description="handling timeout", ordering="handling_timeout")
    def timeout(self, party: Party) -> str | None:
        return write_span(party.handling_timeout)

    @display(description="end", ordering="end_reason")
    def reason(self, party: Party) -> SafeString | None:
        if not party.end_reason:
            return None
        return label(party.get_end_reason_display(), "warning" if party.end_reason == "Expired" else "")


class PartiesSoFar(PartyColumns, TabularInline):
    """On an interaction's page: who holds it and, for a day, who held it."""

    model = Party
    verbose_name_plural = "parties"
    fields = readonly_fields = COLUMNS
    ordering = ("-id",)
    per_page = 20
    can_delete = False
    extra = max_num = 0
    hide_title = True

    class Media:
        js = (forms.Script("interactions/time-left.js", type="module"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Party]:
        return with_time_left(super().get_queryset(request)).select_related("agent__user")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or may_supervise(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PartyList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = name_locations(row.interaction.queue for row in self.result_list)
        for row in self.result_list:
            row.location_name = names[row.interaction.queue_id]


class TimeLeftFilter(DropdownFilter):
    title = "time left"
    parameter_name = "left"
    SPANS = {
        "0": "Overdue",
        "60": "Under 1 minute",
        "300": "Under 5 minutes",
        "1800": "Under 30 minutes",
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.SPANS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Party]) -> QuerySet[Party]:
        if self.value() not in self.SPANS:
            return queryset
        soon = Now() + timedelta(seconds=int(self.value() or 0))
        return queryset.filter(ended_at=None, deadline_at__lt=soon)


@admin.register(Party)
class PartyAdmin(LiveMixin, PartyColumns, Commanded):
    list_display = (
        "number",
        "held",
        "subject",
        "location",
        *(name for name in COLUMNS if name != "operation"),
    )
    list_display_links = ("number",)
    list_select_related = ("agent__user", "interaction__queue")
    list_filter = (
        OpenFilter,
        ("agent", AutocompleteSelectFilter),
        ("agent__groups", AutocompleteSelectFilter),
        ("interaction__queue", AutocompleteSelectFilter),
        ("interaction__media_type", RelatedDropdownFilter),
        ("session__place", AutocompleteSelectFilter),
        TimeLeftFilter,
    )
    search_help_text = "The id of a party or interaction, or an agent"
    id_search_fields = ("pk", "interaction")
    exact_search_fields = ("interaction__external_id", "agent__user__username")
    list_per_page = 500  # who watches a floor wants all of it
    views = (
        View("All open", ""),
        View("Overdue", "left=0"),
        View("Under 1 minute left", "left=60"),
        View("Under 5 minutes left", "left=300"),
        View("Ended in the last day", "shown=ended"),
    )
    actions = ("revoke",)
    actions_detail = ("revoke_this",)
    change_form_outer_after_template = "interactions/admin/clock.html"
    fields = (
        ("time_left", "reason"),
        ("held", "agent"),
        ("operation", "session"),
        ("timeout", moment("expires_at", "latest end")),
        (moment("joined_at"), moment("last_reset_at")),
        (moment("deadline_at"), moment("ended_at")),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PartyList

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return self.list_display[:-2] if is_open_only(request) else self.list_display

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("deadline_at",) if is_open_only(request) else ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Party]:
        queryset = with_time_left(super().get_queryset(request)).defer("interaction__user_data")
        queryset = queryset.annotate(subject=subject_at("interaction__user_data"))
        return only_seen(request, queryset, VIEW, "interaction")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or may_supervise(request)

    def mark(self, row: Any) -> object:
        return row.ended_at

    def seconds_left(self, row: Any) -> float | None:
        return None if row.ended_at else row.left.total_seconds()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.time_left_view)
        return [path("time-left/", view, name="interactions_party_time_left"), *super().get_urls()]

    def time_left_view(self, request: HttpRequest) -> HttpResponse:
        """The seconds left of open holds, for a page that is being looked at. Those not in it ended."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        ids = [int(id) for id in request.GET.get("ids", "").split(",")[:200] if is_id(id)]
        parties = self.get_queryset(request).filter(pk__in=ids, ended_at=None)
        return JsonResponse({party.pk: party.left.total_seconds() for party in parties})  # type: ignore[attr-defined]

    def useless(self, row: Party) -> tuple[str, ...]:
        return ("revoke_this",) if row.ended_at else ()

    def describe(self, row: Any) -> str:
        name = f"{row.interaction_id}: {row.subject}" if row.subject else f"Interaction {row.interaction_id}"
        return f"{name}, held by {row.agent}"

    @display(description="party", ordering="id")
    def number(self, party: Party) -> str:
        return str(party.pk)

    @display(description="interaction", ordering="interaction")
    def held(self, party: Party) -> SafeString:
        page = reverse("admin:interactions_interaction_change", args=[party.interaction_id])
        return link(page, party.interaction_id)

    @display(description="subject")
    def subject(self, party: Any) -> SafeString | None:
        return shorten(party.subject)

    @display(description="stands in")
    def location(self, party: Any) -> str:
        return party.location_name

    @action(description="Revoke", permissions=["supervise"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Party]) -> HttpResponse:
        return self.order_selected(request, REVOKE, queryset)

    @action(description="Revoke", permissions=["supervise"], url_path="revoke", icon="undo")
    def revoke_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, REVOKE, object_id)
