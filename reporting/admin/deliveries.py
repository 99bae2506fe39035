"""Deliveries: what was sent to whom, what came of it, and sending it again."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from interactions.admin.commands import Commanded, Order
from interactions.admin.live import LiveMixin, View
from interactions.admin.words import link, moment, shorten, write_moment
from interactions.callers import AdminCaller
from interactions.errors import Refusal
from reporting.admin.answers import COLORS, is_under_way, write_answer, write_state
from reporting.admin.delivery_filters import AlarmFilter, KindFilter, StateFilter
from reporting.models import Alarm, Delivery
from reporting.webhooks import outbox


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


@admin.register(Delivery)
class DeliveryAdmin(LiveMixin, Commanded):
    list_display = ("number", "state", "news", "what", "to", moment("created_at"), "attempts", "came")
    list_display_links = ("number",)
    list_select_related = ("webhook",)
    list_filter = (StateFilter, ("webhook", AutocompleteSelectFilter), KindFilter, AlarmFilter)
    views = (
        View("All", ""),
        View("Waiting", "state=waiting"),
        View("Failed", "state=failed"),
        View("Delivered", "state=delivered"),
    )
    sortable_by = ()
    ordering = ("-id",)
    actions = ("resend",)
    actions_detail = ("resend_this",)
    fieldsets = (
        (None, {"fields": (("situation",), ("webhook", "address"), ("kind", "alarm"), ("what",))}),
        (
            "Attempts",
            {
                "fields": (
                    (moment("created_at"), "attempts"),
                    (moment("attempted_at", "last attempt"), "next"),
                    ("answer", "beginning"),
                    (moment("delivered_at", "delivered at"), moment("failed_at", "failed at")),
                )
            },
        ),
        ("What is sent", {"fields": ("body",)}),
    )

    def describe(self, row: Delivery) -> str:
        return f"{row}, {row.kind}, to {row.webhook}"

    def mark(self, row: Delivery) -> object:
        return row.state, row.attempts, row.last_status, row.last_error

    def useless(self, row: Delivery) -> tuple[str, ...]:
        return () if row.webhook.is_active else ("resend_this",)

    def sum_up(self, order: Order, ids: Sequence[int]) -> str:
        off = Delivery.objects.filter(pk__in=ids, webhook__is_active=False).count()
        return f"{off:,} of them are refused: their webhooks are switched off." if off else ""

    @action(description="Resend", permissions=["command"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> HttpResponse:
        return self.order_selected(request, RESEND, queryset)

    @action(description="Resend", permissions=["command"], url_path="resend", icon="redo")
    def resend_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, RESEND, object_id)

    @display(description="delivery", ordering="id")
    def number(self, delivery: Delivery) -> str:
        return str(delivery.pk)

    @display(description="state", label=COLORS)
    def state(self, delivery: Delivery) -> str:
        return delivery.state

    @display(description="state")
    def situation(self, delivery: Delivery) -> SafeString:
        return write_state(delivery)

    @display(description="kind", ordering="kind")
    def news(self, delivery: Delivery) -> str:
        return delivery.kind.removeprefix("alarm.")

    @display(description="what")
    def what(self, delivery: Delivery) -> str | None:
        return delivery.payload.get("text")

    @display(description="webhook")
    def to(self, delivery: Delivery) -> SafeString | None:
        return shorten(str(delivery.webhook), "wb-narrow")

    @display(description="address")
    def address(self, delivery: Delivery) -> str:
        return delivery.webhook.url

    @display(description="alarm")
    def alarm(self, delivery: Delivery) -> SafeString | str | None:
        """Alarms are forgotten later than what told of them."""
        found = Alarm.objects.filter(pk=delivery.payload.get("alarm")).first()
        return link(reverse("admin:reporting_alarm_change", args=[found.pk]), found) if found else None

    @display(description="last answer")
    def came(self, delivery: Delivery) -> SafeString | None:
        if not (delivery.last_status or delivery.last_error):
            return None
        return write_answer(delivery.last_status, delivery.last_error)

    @display(description="last answer")
    def answer(self, delivery: Delivery) -> str | None:
        return delivery.last_error or (str(delivery.last_status) if delivery.last_status else None)

    @display(description="the answer begins")
    def beginning(self, delivery: Delivery) -> str | None:
        return delivery.last_answer or None

    @display(description="next attempt")
    def next(self, delivery: Delivery) -> SafeString | None:
        is_to_come = delivery.state == "waiting" and delivery.webhook.is_active and not is_under_way(delivery)
        return write_moment(delivery.next_attempt_at) if is_to_come else None

    @display(description="body")
    def body(self, delivery: Delivery) -> SafeString:
        """Byte for byte, as it is signed."""
        sent = Delivery.objects.filter(pk=delivery.pk).values_list(Cast("payload", TextField()), flat=True)
        return format_html('<code class="wb-token">{}</code>', sent[0])
