"""How a webhook does: columns of a list, and lines of its page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.views import ChangeList

from interactions.admin.words import label, link, shorten, write_moment
from reporting.admin.answers import write_answer
from reporting.models import Webhook
from reporting.webhooks import health

NOW = ("state", "attempted", "delivered", "deliveries")
STATES = {
    True: (("on", "success"), "It is told of each alarm."),
    False: (("off", "warning"), "It is told of no alarms, and what waits for delivery waits on."),
}


class HealthList(ChangeList):
    """The page's webhooks with how each does: one statement for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = health.read([row.pk for row in self.result_list])
        for row in self.result_list:
            row.health = found[row.pk]


class WebhookColumns:
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return HealthList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        if row is not None:
            row.health = health.read([row.pk])[row.pk]
        return row

    @display(description="webhook", ordering="description")
    def name(self, webhook: Webhook) -> SafeString | None:
        return shorten(str(webhook))

    @display(description="address", ordering="url")
    def address(self, webhook: Webhook) -> SafeString | None:
        return shorten(webhook.url)

    @display(description="state", ordering="is_active", label={"on": "success", "off": "warning"})
    def switched(self, webhook: Webhook) -> str:
        return "on" if webhook.is_active else "off"

    def mark(self, row: Any) -> object:
        return row.url, row.description, row.is_active, row.health

    @display(description="last answer")
    def answered(self, webhook: Any) -> SafeString | None:
        found: health.Health = webhook.health
        return write_answer(found.status, found.error) if found.attempted_at else None

    @display(description="last delivered")
    def delivered(self, webhook: Any) -> SafeString | None:
        return write_moment(webhook.health.delivered_at)

    @display(description="waiting")
    def waiting(self, webhook: Any) -> SafeString:
        return self._link(webhook, webhook.health.waiting, "waiting")

    @display(description="failed")
    def failed(self, webhook: Any) -> SafeString:
        return self._link(webhook, webhook.health.failed, "failed")

    def _link(self, webhook: Webhook, text: object, state: str = "") -> SafeString:
        page = reverse("admin:reporting_delivery_changelist")
        chosen = f"&state={state}" if state else ""
        return link(f"{page}?webhook__id__exact={webhook.pk}{chosen}", text)

    @display(description="state")
    def state(self, webhook: Webhook) -> SafeString:
        shown, words = STATES[webhook.is_active]
        return format_html('{} <span class="wb-beside">{}</span>', label(*shown), words)

    @display(description="last attempt")
    def attempted(self, webhook: Any) -> SafeString | None:
        found: health.Health = webhook.health
        if found.attempted_at is None:
            return None
        parts = (write_answer(found.status, found.error), found.error or "")
        beside = format_html_join(" ", '<span class="wb-beside">{}</span>', ((part,) for part in parts))
        return format_html("{} {}", write_moment(found.attempted_at), beside)

    @display(description="deliveries")
    def deliveries(self, webhook: Any) -> SafeString:
        parts = (self._link(webhook, "All"), self.waiting(webhook), self.failed(webhook))
        return format_html("{} of the last 30 days; {} waiting, {} failed", *parts)
