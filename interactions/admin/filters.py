"""Filters that read no more rows than they must."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from interactions.admin.narrowing import RECEIVED, expiries, minutes, received
from interactions.models.interaction import State
from interactions.sql import is_id


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


SPANS = {5: "5 minutes", 15: "15 minutes", 60: "1 hour", 240: "4 hours", 1440: "1 day", 10_080: "1 week"}


class AgeFilter(DropdownFilter):
    """What waits, and for how long it does."""

    title = "waiting time"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(span), f"More than {words}") for span, words in SPANS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        waits = minutes(self.value() or "")
        if waits is None:
            return queryset
        return queryset.filter(state=State.QUEUED, waiting_since__lt=Now() - timedelta(minutes=waits))


class ReceivedFilter(DropdownFilter):
    title = "time of receipt"
    parameter_name = "received"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, title) for name, (title, _) in RECEIVED.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        span = received(self.value() or "")
        names = {"received_after": "received_at__gte", "received_before": "received_at__lt"}
        return queryset.filter(**{names[name]: at for name, at in span.items()})


def of_subject(queryset: QuerySet[Any], words: str) -> QuerySet[Any]:
    words = words.strip()
    if "\0" in words:
        return queryset.none()
    return queryset.filter(user_data__subject__icontains=words) if words else queryset


class SubjectFilter(TextFilter):
    """Among those that the other filters leave, as far as a list looks through them."""

    title = "subject (a part of it)"
    parameter_name = "subject"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return of_subject(queryset, self.value() or "")


class ExpiredFilter(DropdownFilter):
    """What agents took and went quiet with again and again."""

    title = "expiries since it was placed"
    parameter_name = "expired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Once or more"), *((str(times), f"{times} times or more") for times in (2, 3, 5, 10))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        times = expiries(self.value() or "")
        return queryset.filter(revocation_count__gte=times) if times else queryset
