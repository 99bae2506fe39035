"""Filters that read no more rows than they must."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from interactions.admin.base import is_id


def is_open_only(request: HttpRequest) -> bool:
    return request.GET.get(OpenFilter.parameter_name, "open") == "open"


class OpenFilter(DropdownFilter):
    """Those that are open, unless others are asked for."""

    title = "open or ended"
    parameter_name = "shown"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("ended", "Ended"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        shown = self.value() or "open"
        return queryset if shown == "all" else queryset.filter(ended_at__isnull=shown == "open")


class ExactFilter(TextFilter):
    """Exactly what was typed."""

    lookup = ""
    is_of_ids = False

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = (self.value() or "").strip()
        if not value:
            return queryset
        if "\0" in value or (self.is_of_ids and not is_id(value)):
            return queryset.none()
        return self.select(queryset, value)

    def select(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(**{self.lookup: value})


def exact_filter(name: str, title: str = "", is_of_ids: bool = False) -> type[ExactFilter]:
    members = {"title": title or name, "parameter_name": name, "lookup": name, "is_of_ids": is_of_ids}
    return type(f"{name.capitalize()}Filter", (ExactFilter,), members)
