"""Deliveries: what was sent to whom, what came of it, and sending it again."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import action, display

from interactions.admin.commands import Commanded, Order
from interactions.admin.words import moment, shorten, write_data, write_moment
from interactions.callers import AdminCaller
from interactions.errors import Refusal
from reporting.models import Delivery
from reporting.webhooks import outbox

STATES = {
    "waiting": Q(delivered_at=None, failed_at=None),
    "delivered": Q(delivered_at__isnull=False),
    "failed": Q(failed_at__isnull=False),
}


def resend(caller: AdminCaller, delivery: int, answers: dict[str, Any]) -> None:
    found = Delivery.objects.select_related("webhook").filter(pk=delivery).first()
    if found is None:
        raise Refusal("It was deleted meanwhile.")
    if not found.webhook.is_active:
        raise Refusal("Its webhook is switched off: switch it on first.")
    outbox.resend([delivery])


RESEND = Order(
    "Resend",
    "on the way again",
    "It is sent at once, also if it was delivered before, and tried again for three days. It keeps its id, "
    "so a receiver that has it already can ignore it.",
    resend,
)


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(STATES.get(self.value() or "", Q()))


@admin.register(Delivery)
class DeliveryAdmin(Commanded):
    list_display = ("number", "state", "kind", "to", moment("created_at"), "attempts", "came")
    list_display_links = ("number",)
    list_select_related = ("webhook",)
    list_filter = (StateFilter, ("webhook", AutocompleteSelectFilter))
    sortable_by = ()
    ordering = ("-id",)
    actions = ("resend",)
    actions_detail = ("resend_this",)
    fieldsets = (
        (None, {"fields": (("state", "kind"), ("webhook", "address"))}),
        (
            "Attempts",
            {
                "fields": (
                    (moment("created_at"), "attempts"),
                    ("answer", "beginning"),
                    ("next", moment("give_up_at", "tried until")),
                    (moment("delivered_at", "delivered at"), moment("failed_at", "failed at")),
                )
            },
        ),
        ("What is told", {"fields": ("said",)}),
    )

    def describe(self, row: Delivery) -> str:
        return f"{row}, {row.kind}, to {row.webhook}"

    @action(description="Resend", permissions=["command"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> HttpResponse:
        return self.order_selected(request, RESEND, queryset)

    @action(description="Resend", permissions=["command"], url_path="resend", icon="redo")
    def resend_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, RESEND, object_id)

    @display(description="delivery", ordering="id")
    def number(self, delivery: Delivery) -> str:
        return str(delivery.pk)

    @display(description="state", label={"delivered": "success", "failed": "danger", "waiting": "info"})
    def state(self, delivery: Delivery) -> str:
        if delivery.delivered_at:
            return "delivered"
        return "failed" if delivery.failed_at else "waiting"

    @display(description="webhook")
    def to(self, delivery: Delivery) -> SafeString | None:
        return shorten(str(delivery.webhook))

    @display(description="address")
    def address(self, delivery: Delivery) -> str:
        return delivery.webhook.url

    @display(description="last answer")
    def came(self, delivery: Delivery) -> SafeString | None:
        return shorten(self.answer(delivery), "wb-narrow")

    @display(description="last answer")
    def answer(self, delivery: Delivery) -> str | None:
        return delivery.last_error or (str(delivery.last_status) if delivery.last_status else None)

    @display(description="the answer begins")
    def beginning(self, delivery: Delivery) -> str | None:
        return delivery.last_answer or None

    @display(description="next attempt")
    def next(self, delivery: Delivery) -> SafeString | None:
        is_settled = delivery.delivered_at or delivery.failed_at
        return None if is_settled else write_moment(delivery.next_attempt_at)

    @display(description="payload")
    def said(self, delivery: Delivery) -> SafeString | str:
        return write_data(delivery.payload)
