"""Webhooks are administered; their deliveries looked at, and sent again."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Field, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_variables
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display

from interactions.admin.base import Administered
from interactions.admin.commands import CommandsMixin, Order
from interactions.admin.words import link, shorten
from interactions.callers import AdminCaller
from reporting.admin.deliveries import STATES
from reporting.models import Delivery, Webhook
from reporting.webhooks import outbox
from reporting.webhooks.signing import new_secret

HELP = {
    "url": "Where alarms are posted to. Redirects are not followed, so enter the final address. What waits "
    "for delivery goes to the new address too.",
    "description": "Whose it is, for people. The lists show it instead of the address.",
    "is_active": "Off: it is told of no further alarms. What waits for delivery is sent when it is switched "
    "on again within three days.",
}


def switch(is_active: bool) -> Any:
    def run(caller: AdminCaller, webhook: int, answers: dict[str, Any]) -> None:
        Webhook.objects.filter(pk=webhook).update(is_active=is_active)

    return run


SWITCH_OFF = Order("Switch off", "switched off", HELP["is_active"].removeprefix("Off: "), switch(False))
SWITCH_ON = Order("Switch on", "switched on", "What waits for delivery is sent at once.", switch(True))


def counted(state: str) -> Coalesce:
    found = Delivery.objects.filter(STATES[state], webhook=OuterRef("pk")).order_by().values("webhook")
    return Coalesce(Subquery(found.annotate(count=Count("pk")).values("count")), 0)


@admin.register(Webhook)
class WebhookAdmin(CommandsMixin, Administered):
    list_display = ("name", "address", "switched", "waiting", "failed")
    list_filter = (("is_active", BooleanRadioFilter),)
    search_fields = ("url", "description")
    actions = ("switch_off", "switch_on")
    actions_detail = ("test", "rotate")
    fields = ("url", "description", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        counts = {"count_waiting": counted("waiting"), "count_failed": counted("failed")}
        return super().get_queryset(request).annotate(**counts)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_dbfield(
            db_field, request, help_text=HELP.get(db_field.name, ""), **kwargs
        )

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Deliveries may be many: they are counted, and not named."""
        hooks = list(objs)
        count = Delivery.objects.filter(webhook__in=hooks).count()
        named = [f"{hook} and what was sent or waits to be sent to it" for hook in hooks]
        return named, {"webhooks": len(hooks), "deliveries": count}, set(), []

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        Webhook.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))).delete()

    # --- The secret: shown in the answer itself, once, and in no message, which would be stored ------

    def save_model(self, request: HttpRequest, obj: Webhook, form: Any, change: bool) -> None:
        if not change:
            obj.secret = new_secret()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Webhook, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show_secret(request, obj, obj.secret)

    @action(description="Rotate secret", permissions=["command"], url_path="rotate-secret", icon="key")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        webhook = self.get_object_or_404(request, object_id)
        if request.method != "POST":
            return self._show_secret(request, webhook, None)
        webhook.secret = new_secret()
        webhook.save(update_fields=["secret"])
        self.log_change(request, webhook, "Rotated the secret.")
        return self._show_secret(request, webhook, webhook.secret)

    @sensitive_variables("secret")
    def _show_secret(self, request: HttpRequest, webhook: Webhook, secret: str | None) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "New secret",
            "opts": self.opts,
            "webhook": webhook,
            "secret": secret,
        }
        return TemplateResponse(request, "reporting/admin/secret.html", context)  # no admin page is cached

    # --- What can be done with it --------------------------------------------------------------------

    @action(description="Send a test", permissions=["command"], url_path="test", icon="send")
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Through the outbox, as alarms go."""
        webhook = self.get_object_or_404(request, object_id)
        with transaction.atomic():
            made = outbox.tell("test", {"text": "This is a test of Workbin's webhooks."}, webhook.pk)
        if not made:
            messages.warning(request, "It is switched off: switch it on to send a test.")
            return HttpResponseRedirect(reverse("admin:reporting_webhook_change", args=[webhook.pk]))
        messages.success(request, "The test is on its way. Load this page again to see what came of it.")
        return HttpResponseRedirect(reverse("admin:reporting_delivery_change", args=made))

    @action(description="Switch off", permissions=["command"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> HttpResponse:
        return self.order_selected(request, SWITCH_OFF, queryset)

    @action(description="Switch on", permissions=["command"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> HttpResponse:
        return self.order_selected(request, SWITCH_ON, queryset)

    # --- How it is shown -----------------------------------------------------------------------------

    @display(description="webhook", ordering="description")
    def name(self, webhook: Webhook) -> SafeString | None:
        return shorten(str(webhook))

    @display(description="address", ordering="url")
    def address(self, webhook: Webhook) -> SafeString | None:
        return shorten(webhook.url)

    @display(description="state", ordering="is_active", label={"on": "success", "off": "warning"})
    def switched(self, webhook: Webhook) -> str:
        return "on" if webhook.is_active else "off"

    @display(description="waiting")
    def waiting(self, webhook: Any) -> SafeString:
        return self._link(webhook, "waiting", webhook.count_waiting)

    @display(description="failed")
    def failed(self, webhook: Any) -> SafeString:
        return self._link(webhook, "failed", webhook.count_failed)

    def _link(self, webhook: Webhook, state: str, count: int) -> SafeString:
        page = reverse("admin:reporting_delivery_changelist")
        return link(f"{page}?webhook__id__exact={webhook.pk}&state={state}", count)
