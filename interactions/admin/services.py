"""Programs and their tokens."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_variables
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from interactions.admin.base import Administered
from interactions.credentials import issue_token
from interactions.models import Service


@admin.register(Service)
class ServiceAdmin(Administered):
    list_display = ("name", "role", "has_token")
    list_filter = (("role", ChoicesDropdownFilter),)
    search_fields = ("name",)
    actions_detail = ("issue",)

    @display(description="has a token", boolean=True)
    def has_token(self, service: Service) -> bool:
        return service.token_hash is not None

    @action(description="Issue a new token", permissions=["change"], url_path="issue-token", icon="key")
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
