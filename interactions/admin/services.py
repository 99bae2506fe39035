"""Programs and their tokens."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_variables
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from interactions.admin.base import Administered
from interactions.admin.commands import CommandsMixin, Order
from interactions.callers import AdminCaller
from interactions.credentials import issue_token, withdraw_token
from interactions.errors import Refusal
from interactions.models import Service


def withdraw(caller: AdminCaller, service: int, answers: dict[str, Any]) -> None:
    if not withdraw_token(service):
        raise Refusal("This service has no token.")


WITHDRAW = Order(
    "Withdraw token",
    "without a token",
    "The token is worth nothing from then on: the program is refused until it is issued a new one.",
    withdraw,
    is_dangerous=True,
)


@admin.register(Service)
class ServiceAdmin(CommandsMixin, Administered):
    list_display = ("name", "role", "has_token")
    list_filter = (("role", ChoicesDropdownFilter),)
    search_fields = ("name",)
    helps = {
        "name": "Stands in the events of what it does. A new name does not change those of before.",
        "role": "A media server submits, changes and stops interactions. A reporting engine reads the log "
        "of all events.",
    }
    actions = ("withdraw",)
    actions_detail = ("issue", "withdraw_this")

    def useless(self, row: Service) -> tuple[str, ...]:
        return () if row.token_hash else ("withdraw_this",)

    @display(description="has a token", boolean=True)
    def has_token(self, service: Service) -> bool:
        return service.token_hash is not None

    @action(description="Issue a new token", permissions=["command"], url_path="issue-token", icon="key")
    @sensitive_variables("token")
    def issue(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shown in the answer itself, once: not in a message, which would be stored on its way."""
        service = self.get_object_or_404(request, object_id)
        token = None
        if request.method == "POST":
            token = issue_token(service.name)
            self.log_change(request, service, "Issued a new token.")
        context = {
            **self.admin_site.each_context(request),
            "title": "New token",
            "opts": self.opts,
            "service": service,
            "token": token,
        }
        return TemplateResponse(request, "interactions/admin/token.html", context)  # no admin page is cached

    @action(description="Withdraw token", permissions=["command"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Service]) -> HttpResponse:
        return self.order_selected(request, WITHDRAW, queryset)

    @action(description="Withdraw token", permissions=["command"], url_path="withdraw-token", icon="key_off")
    def withdraw_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, WITHDRAW, object_id)
