"""Interactions: looked at, and commanded."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.views import ChangeList

from interactions import lifecycle
from interactions.admin.commands import Commanded, Order
from interactions.admin.filters import (
    AgeFilter,
    ExactFilter,
    ExpiredFilter,
    ReceivedFilter,
    SubjectFilter,
    exact_filter,
    of_subject,
)
from interactions.admin.forms import PriorityForm, QueueForm, ReasonForm
from interactions.admin.live import LiveMixin, View
from interactions.admin.locations import name_locations
from interactions.admin.narrowing import expiries, minutes, narrow
from interactions.admin.parties import REVOKE as REVOKE_PARTY
from interactions.admin.parties import PartiesSoFar
from interactions.admin.rights import may_supervise, only_seen, sees_only_own
from interactions.admin.standing import sum_up
from interactions.admin.subjects import with_subject
from interactions.admin.thread import thread
from interactions.admin.words import STATE_COLORS, label, link, moment, shorten, write_data
from interactions.lifecycle import Changes
from interactions.models import Interaction, Party
from interactions.models.interaction import State
from interactions.spans import write_span

REVOKE = replace(
    REVOKE_PARTY,
    run=lambda caller, id, answers: lifecycle.revoke(caller, id, answers["reason"] or None),
    needs_hold=True,
)
PLACE = Order(
    "Place in queue",
    "placed",
    "If an agent holds it, the hold ends and the agent is told.",
    lambda caller, id, answers: lifecycle.place(caller, id, None, answers["queue"]),
    QueueForm,
)
STOP = Order(
    "Stop",
    "stopped",
    "It is complete from then on and cannot be opened again. If an agent holds it, the hold ends.",
    lambda caller, id, answers: lifecycle.stop_processing(caller, id, None, answers["reason"] or None),
    ReasonForm,
    is_dangerous=True,
)


PRIORITISE = Order(
    "Change priority",
    "given the priority",
    "What waits changes its place in line at once, and keeps its turn among those of its new priority. What "
    "is held stays with its agent, who is told.",
    lambda caller, id, answers: lifecycle.change_properties(caller, id, None, Changes(columns=answers)),
    PriorityForm,
)

VIEW = "interactions.view_interaction"
SUBMITTED = moment("submitted_at")
Section = Callable[[HttpRequest, Interaction], str]


def subject_of(row: Interaction) -> str:
    subject = row.user_data.get("subject")
    return "" if subject is None else str(subject)[:200]


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
class InteractionAdmin(LiveMixin, Commanded):
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
    actions = ("revoke", "place", "prioritise", "stop")
    actions_detail = ("revoke_this", "place_this", "prioritise_this", "stop_this")
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

    @classmethod
    def learn(cls, after: str, of_many: Callable[..., Any], of_one: Callable[..., Any]) -> None:
        """Other apps add commands, as actions of the list and of a page, after one that there is."""
        for name, new in (("actions", of_many), ("actions_detail", of_one)):
            setattr(cls, new.__name__, new)
            known = list(getattr(cls, name))
            known.insert(known.index(f"{after}_this" if new is of_one else after) + 1, new.__name__)
            setattr(cls, name, tuple(known))

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

    def sum_up(self, order: Order, ids: Sequence[int]) -> str:
        counts = Interaction.objects.filter(pk__in=ids).order_by().values_list("state").annotate(Count("pk"))
        return sum_up(order, dict(counts))

    def useless(self, row: Interaction) -> Sequence[str]:
        if row.state == State.STOPPED:
            return self.actions_detail
        return ("revoke_this",) if row.state == State.QUEUED else ()

    def describe(self, row: Any) -> str:
        subject = subject_of(row)
        name = f"{row.pk}: {subject}" if subject else str(row)
        return f"{name}, held by {row.open_parties[0].agent}" if row.open_parties else name

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

    @display(description="id")
    def number(self, row: Interaction) -> str:
        return str(row.pk)

    @display(description="subject")
    def subject(self, row: Any) -> SafeString | str | None:
        return shorten(row.subject) if hasattr(row, "subject") else subject_of(row)

    @display(description="external id")
    def external(self, row: Interaction) -> SafeString | None:
        return shorten(row.external_id, "wb-narrow")

    @display(description="state")
    def state_label(self, row: Interaction) -> SafeString:
        return label(State(row.state).label, STATE_COLORS[row.state])

    @display(description="stands in")
    def location(self, row: Any) -> str:
        return getattr(row, "location_name", None) or name_locations([row.queue])[row.queue_id]

    @display(description="held by")
    def held_by(self, row: Any) -> SafeString | None:
        if not row.open_parties:
            return None
        [party] = row.open_parties
        return link(reverse("admin:interactions_agent_change", args=[party.agent_id]), party.agent)

    @display(description="expired")
    def expired(self, row: Interaction) -> str:
        return f"{row.revocation_count} times" if row.revocation_count > 1 else "once"

    @display(description="type")
    def kind(self, row: Interaction) -> str:
        return " / ".join(filter(None, (row.interaction_type, row.interaction_subtype)))

    @display(description="own handling timeout")
    def timeout(self, row: Interaction) -> str | None:
        return write_span(row.handling_timeout)

    @display(description="user data")
    def data(self, row: Interaction) -> str:
        return write_data(row.user_data) if row.user_data else "none"

    @action(description="Revoke", permissions=["supervise"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> HttpResponse:
        return self.order_selected(request, REVOKE, queryset)

    @action(description="Place in queue", permissions=["operate"])
    def place(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> HttpResponse:
        return self.order_selected(request, PLACE, queryset)

    @action(description="Change priority", permissions=["supervise"])
    def prioritise(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> HttpResponse:
        return self.order_selected(request, PRIORITISE, queryset)

    @action(description="Stop", permissions=["supervise"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> HttpResponse:
        return self.order_selected(request, STOP, queryset)

    @action(description="Revoke", permissions=["supervise"], url_path="revoke", icon="undo")
    def revoke_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, REVOKE, object_id)

    @action(description="To queue", permissions=["operate"], url_path="place", icon="move_down")
    def place_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, PLACE, object_id)

    @action(description="Priority", permissions=["supervise"], url_path="prioritise", icon="swap_vert")
    def prioritise_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, PRIORITISE, object_id)

    @action(
        description="Stop",
        permissions=["supervise"],
        url_path="stop",
        icon="stop_circle",
        variant=ActionVariant.DANGER,
    )
    def stop_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, STOP, object_id)
