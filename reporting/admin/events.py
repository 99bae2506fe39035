"""The event log: looked at, by itself and on an interaction's page."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from interactions.admin.base import LookedAt
from interactions.admin.filters import exact_filter
from interactions.admin.interactions import InteractionAdmin
from interactions.admin.words import link, moment, write_data, write_moment
from interactions.models import Interaction
from interactions.statements.locks import read_now
from reporting.intervals.spans import QUARTER, begin_of
from reporting.models import Event
from reporting.receivers import EVENTS

HOUR = timedelta(hours=1)
WHOLE_QUARTERS = "quarters"  # as the dashboard's tiles count
SHOWN = 200  # events on an interaction's page, the latest


class KindFilter(DropdownFilter):
    title = "event"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(EVENTS.values())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class PeriodFilter(DropdownFilter):
    title = "age"
    parameter_name = "minutes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        in_quarters = (WHOLE_QUARTERS, "Last hour, in whole quarters")
        hour, *longer = ("60", "Last hour"), ("1440", "Last day"), ("10080", "Last week")
        return [("15", "Last 15 minutes"), hour, in_quarters, *longer]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        if self.value() == WHOLE_QUARTERS:
            return queryset.filter(at__gte=begin_of(read_now() - HOUR, QUARTER))
        return queryset.filter(at__gte=Now() - timedelta(minutes=int(self.value() or 0)))


class EventColumns:
    @display(description="interaction")
    def about(self, event: Event) -> SafeString | None:
        if event.interaction is None:
            return None
        return link(
            reverse("admin:interactions_interaction_change", args=[event.interaction]), event.interaction
        )

    @display(description="where")
    def where(self, event: Event) -> str | None:
        return event.queue or (f"workbin {event.workbin}" if event.workbin else None)

    @display(description="by")
    def by(self, event: Event) -> str:
        return f"{event.actor['name']} ({event.actor['kind']})"

    @display(description="more")
    def more(self, event: Event) -> str:
        return write_data(event.attributes) if event.attributes else "none"


@admin.register(Event)
class EventAdmin(EventColumns, LookedAt):
    list_display = ("event", moment("at"), "about", "where", "agent", "operation", "reason", "by")
    list_filter = (
        KindFilter,
        PeriodFilter,
        exact_filter("interaction", "interaction (id)", is_of_ids=True),
        exact_filter("queue"),
        exact_filter("workbin", "workbin (id)", is_of_ids=True),
        exact_filter("agent", "agent (user name)"),
    )
    ordering = ("-id",)
    sortable_by = ()  # by id: any other order would read the whole log
    fieldsets = (
        (None, {"fields": (("event", moment("at")), ("operation", "reason"), ("by", "number"))}),
        (
            "About",
            {
                "fields": (
                    ("about", "external_id"),
                    ("media_type", "where"),
                    ("agent", "party"),
                    ("session", "place"),
                )
            },
        ),
        ("Attributes", {"fields": ("more",)}),
    )

    @display(description="number")
    def number(self, event: Event) -> str:
        return str(event.pk)


def history(request: HttpRequest, interaction: Interaction) -> str:
    """An interaction's events in order, for its page."""
    if not request.user.has_perm("reporting.view_event"):
        return ""
    latest = list(Event.objects.filter(interaction=interaction.pk).order_by("-id")[:SHOWN])
    columns = EventColumns()
    rows = [
        (
            write_moment(event.at),
            link(reverse("admin:reporting_event_change", args=[event.pk]), event.event),
            columns.where(event) or "-",
            event.agent or "-",
            event.reason or "-",
            columns.by(event),
        )
        for event in reversed(latest)
    ]
    headers = ("at", "event", "where", "agent", "reason", "by")
    context = {
        "table": {"headers": headers, "rows": rows},
        "page": f"{reverse('admin:reporting_event_changelist')}?interaction={interaction.pk}",
        "shown": SHOWN if len(latest) == SHOWN else None,
    }
    return render_to_string("reporting/admin/history.html", context)


InteractionAdmin.sections_at_end.append(history)
