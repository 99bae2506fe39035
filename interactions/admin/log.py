"""Who did what here: Django's log of the admin, looked at. What became of it in the work is in the events."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from interactions.admin.base import LookedAt
from interactions.admin.filters import exact_filter
from interactions.admin.words import link, moment

KINDS = {"added": "success", "changed": "info", "deleted": "danger"}


@admin.register(LogEntry)
class LogEntryAdmin(LookedAt):
    list_display = (moment("action_time", "at"), "user", "kind", "what", "about", "said")
    list_display_links = None
    list_select_related = ("user", "content_type")
    list_filter = (
        ("user", AutocompleteSelectFilter),
        ("action_flag", ChoicesDropdownFilter),
        exact_filter("object_id", "id of what it was done to"),
    )
    search_fields = ()
    sortable_by = ()
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        return super().get_queryset(request).select_related("user", "content_type")

    @display(description="did", label=KINDS)
    def kind(self, entry: LogEntry) -> str:
        return "added" if entry.is_addition() else "changed" if entry.is_change() else "deleted"

    @display(description="kind of thing")
    def what(self, entry: LogEntry) -> str:
        return entry.content_type.name if entry.content_type else "-"

    @display(description="to")
    def about(self, entry: Any) -> SafeString | str:
        url = None if entry.is_deletion() else entry.get_admin_url()
        return link(url, entry.object_repr) if url else entry.object_repr

    @display(description="what exactly")
    def said(self, entry: LogEntry) -> str:
        return entry.get_change_message()
