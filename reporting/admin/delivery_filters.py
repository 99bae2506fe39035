"""Which deliveries a list has."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from interactions.admin.filters import ExactFilter
from reporting.alarms.telling import CLEARED, RAISED, told_of
from reporting.models import Alarm, Delivery

STATES = {
    "waiting": Q(delivered_at=None, failed_at=None),
    "delivered": Q(delivered_at__isnull=False),
    "failed": Q(failed_at__isnull=False),
}
KINDS = {RAISED: "Alarm raised", CLEARED: "Alarm cleared", "test": "Test"}


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(STATES.get(self.value() or "", Q()))


class KindFilter(DropdownFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(kind=self.value()) if self.value() in KINDS else queryset


class AlarmFilter(ExactFilter):
    title = "alarm (its id)"
    parameter_name = "alarm"
    is_of_ids = True

    def select(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        alarm = Alarm.objects.filter(pk=value).first()
        return queryset.filter(told_of(alarm)) if alarm else queryset.none()
