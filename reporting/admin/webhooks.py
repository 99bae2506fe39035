"""Webhooks are administered; their deliveries looked at, and sent again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action

from interactions.admin.base import Administered
from interactions.admin.commands import CommandsMixin, Order
from interactions.admin.live import LiveMixin, View
from interactions.callers import AdminCaller
from reporting.admin.webhook_columns import NOW, WebhookColumns
from reporting.models import Delivery, Webhook
from reporting.webhooks import outbox
from reporting.webhooks.signing import new_secret

HELP = {
    "url": "Where alarms are posted to. Redirects are not followed, so enter the final address. What waits "
    "for delivery goes to the new address too.",
    "description": "Whose it is, for people. The lists show it instead of the address.",
    "is_active": "Off: it is told of no alarms until it is switched on.",
}
TWICE = "A webhook has this address already, and would be told everything twice: “{}”."


def switch(is_active: bool) -> Any:
    def run(caller: AdminCaller, webhook: int, answers: dict[str, Any]) -> None:
        Webhook.objects.filter(pk=webhook).update(is_active=is_active)

    return run


SWITCH_OFF = Order(
    "Switch off",
    "switched off",
    "It is told of no further alarms. What waits for delivery is sent when it is switched on again within "
    "three days.",
    switch(False),
)
SWITCH_ON = Order("Switch on", "switched on", "What waits for delivery is sent at once.", switch(True))


class WebhookForm(forms.ModelForm):
    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        is_new = url != self.initial.get("url")
        if is_new and (same := Webhook.objects.filter(url=url).first()):
            raise forms.ValidationError(TWICE.format(same))
        return url


@admin.register(Webhook)
class WebhookAdmin(WebhookColumns, LiveMixin, CommandsMixin, Administered):
    form = WebhookForm
    helps = HELP
    list_display = ("name", "address", "switched", "answered", "delivered", "waiting", "failed")
    list_filter = (("is_active", BooleanRadioFilter),)
    search_fields = ("url", "description")
    views = (View("All", ""), View("Switched off", "is_active__exact=0"))
    actions = ("switch_off", "switch_on")
    actions_detail = ("test", "switch_off_this", "switch_on_this", "rotate")
    fieldsets = ((None, {"fields": ("url", "description")}),)

    def get_fieldsets(self, request: HttpRequest, obj: Webhook | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("url", "description", "is_active")}),)
        return ((None, {"fields": NOW}), *self.fieldsets)

    def get_readonly_fields(self, request: HttpRequest, obj: Webhook | None = None) -> Any:
        """Switched by command alone: a form that was opened before must not undo it."""
        return NOW if obj else ()

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
        if change:  # what was not entered may have changed meanwhile
            obj.save(update_fields=form.changed_data)
            return
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

    def useless(self, row: Webhook) -> tuple[str, ...]:
        return ("switch_on_this",) if row.is_active else ("test", "switch_off_this")

    @action(description="Switch off", permissions=["command"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> HttpResponse:
        return self.order_selected(request, SWITCH_OFF, queryset)

    @action(description="Switch on", permissions=["command"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> HttpResponse:
        return self.order_selected(request, SWITCH_ON, queryset)

    @action(description="Switch off", permissions=["command"], url_path="off", icon="notifications_off")
    def switch_off_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, SWITCH_OFF, object_id)

    @action(description="Switch on", permissions=["command"], url_path="on", icon="notifications_active")
    def switch_on_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, SWITCH_ON, object_id)
