"""How a webhook does: columns of a list, and lines of its page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.views import ChangeList

from interactions.admin.words import beside, label, link, shorten, write_moment
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


def health_of(webhook: Any) -> health.Health:
    """Of a list it is there; on a row's page it is read once, where it is shown."""
    if not hasattr(webhook, "health"):
        webhook.health = health.read([webhook.pk])[webhook.pk]
    return webhook.health


class WebhookColumns:
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return HealthList

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
    def answered(self, webhook: Webhook) -> SafeString | None:
        found = health_of(webhook)
        return write_answer(found.status, found.error) if found.attempted_at else None

    @display(description="last delivered")
    def delivered(self, webhook: Webhook) -> SafeString | None:
        return write_moment(health_of(webhook).delivered_at)

    @display(description="waiting")
    def waiting(self, webhook: Webhook) -> SafeString:
        return self._link(webhook, health_of(webhook).waiting, "waiting")

    @display(description="failed")
    def failed(self, webhook: Webhook) -> SafeString:
        return self._link(webhook, health_of(webhook).failed, "failed")

    def _link(self, webhook: Webhook, text: object, state: str = "") -> SafeString:
        page = reverse("admin:reporting_delivery_changelist")
        chosen = f"&state={state}" if state else ""
        return link(f"{page}?webhook__id__exact={webhook.pk}{chosen}", text)

    @display(description="state")
    def state(self, webhook: Webhook) -> SafeString:
        shown, words = STATES[webhook.is_active]
        return beside(label(*shown), words)

    @display(description="last attempt")
    def attempted(self, webhook: Webhook) -> SafeString | None:
        found = health_of(webhook)
        if found.attempted_at is None:
            return None
        return beside(
            write_moment(found.attempted_at), write_answer(found.status, found.error), found.error or ""
        )

    @display(description="deliveries")
    def deliveries(self, webhook: Webhook) -> SafeString:
        parts = (self._link(webhook, "All"), self.waiting(webhook), self.failed(webhook))
        return format_html("{} of the last 30 days; {} waiting, {} failed", *parts)
