"""Interactions: looked at, and commanded."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)
from unfold.views import ChangeList

from interactions.admin.columns import InteractionColumns
from interactions.admin.filters import (
    AgeFilter,
    ExactFilter,
    ExpiredFilter,
    ReceivedFilter,
    SubjectFilter,
    exact_filter,
    of_subject,
)
from interactions.admin.live import LiveMixin, View
from interactions.admin.locations import name_locations
from interactions.admin.narrowing import expiries, minutes, narrow
from interactions.admin.orders import InteractionOrders
from interactions.admin.parties import PartiesSoFar
from interactions.admin.rights import may_supervise, only_seen, sees_only_own
from interactions.admin.subjects import with_subject
from interactions.admin.thread import thread
from interactions.admin.words import moment
from interactions.models import Interaction, Party

VIEW = "interactions.view_interaction"
SUBMITTED = moment("submitted_at")
Section = Callable[[HttpRequest, Interaction], str]


class HeldByFilter(ExactFilter):
    title = "holder (user name)"
    parameter_name = "agent"

    def select(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        held = Party.objects.filter(interaction=OuterRef("pk"), ended_at=None, agent__user__username=value)
        return queryset.filter(Exists(held))


class WorkbinFilter(exact_filter("workbin", "workbin (id)", is_of_ids=True)):  # type: ignore[misc]
    """By the workbin's id, as in the API."""

    def select(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(queue=value, queue__is_private=True)


class InteractionList(ChangeList):
    """A page of rows, without the data that each may have a megabyte of."""

    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Interaction]:
        queryset = with_subject(super().get_queryset(request, *args))
        return narrow(request.GET, queryset, sees_only_own(request, VIEW))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = name_locations(row.queue for row in self.result_list)
        for row in self.result_list:
            row.location_name = names[row.queue_id]


@admin.register(Interaction)
class InteractionAdmin(LiveMixin, InteractionColumns, InteractionOrders):
    # Other apps add sections to an interaction's page: below what there is to know at once, and at its end.
    sections: list[Section] = [lambda request, interaction: thread(request, interaction, VIEW)]
    sections_at_end: list[Section] = []

    list_display = (
        "number",
        "subject",
        "state_label",
        "location",
        "held_by",
        "media_type",
        "priority",
        SUBMITTED,
        "external",
    )
    list_select_related = ("media_type", "queue")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("queue", AutocompleteSelectFilter),
        WorkbinFilter,
        ("media_type", RelatedDropdownFilter),
        HeldByFilter,
        AgeFilter,
        ReceivedFilter,
        ExpiredFilter,
        SubjectFilter,
        exact_filter("external_id", "external id"),
    )
    views = (
        View("All", ""),
        View("Waiting", "state__exact=queued"),
        View("Waiting over 15 min", "waits=15"),
        View("Waiting over 4 h", "waits=240"),
        View("In hands", "state__exact=handling"),
        View("Received in the last hour", "received=last-hour"),
        View("Expired twice or more", "expired=2"),
    )
    exact_search_fields = ("external_id",)
    search_help_text = "An id, an external id, or a part of the subject"
    sortable_by = ()  # any order but these would read all rows
    list_per_page = 100
    inlines = (PartiesSoFar,)
    change_form_outer_after_template = "interactions/admin/sections.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("subject",),
                    ("state_label", "held_by"),
                    ("location", "priority"),
                    ("media_type", "kind"),
                    ("external_id", "parent"),
                    ("timeout", "revocation_count"),
                )
            },
        ),
        ("Data", {"fields": ("data",)}),
        (
            "Times (UTC)",
            {
                "fields": (
                    (moment("received_at"), moment("submitted_at")),
                    ("submitted_by", moment("placed_in_queue_at", "last placed in a queue")),
                    (moment("waiting_since"), moment("completed_at")),
                    ("stop_reason",),
                )
            },
        ),
    )

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        """What is sorted by is shown."""
        if not expiries(request.GET.get("expired", "")):
            return self.list_display
        return tuple("expired" if name is SUBMITTED else name for name in self.list_display)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return InteractionList

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The newest first; of those that wait long, the oldest; of those that expired, the most often."""
        if minutes(request.GET.get("waits", "")) is not None:
            return ("waiting_since", "id")
        return ("-revocation_count", "-id") if expiries(request.GET.get("expired", "")) else ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """What is named exactly, however old it is; else what has the words in its subject."""
        exact, is_doubled = super().get_search_results(request, queryset, search_term)
        if not search_term.strip() or exact.exists():
            return exact, is_doubled
        given = request.GET.dict() | {"q": "", "subject": search_term}
        return narrow(given, of_subject(queryset, search_term), sees_only_own(request, VIEW)), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interaction]:
        holds = Party.objects.filter(ended_at=None).select_related("agent__user")
        queryset = super().get_queryset(request).prefetch_related(Prefetch("parties", holds, "open_parties"))
        return only_seen(request, queryset, VIEW, "pk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or may_supervise(request)

    def mark(self, row: Any) -> object:
        holder = row.open_parties[0].pk if row.open_parties else None
        return row.state, row.queue_id, row.priority, holder, row.subject, row.external_id

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, object_id, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        if row := context.get("original"):
            for name in ("sections", "sections_at_end"):
                context[name] = [section(request, row) for section in getattr(self, name)]
        return response
