"""Sessions: who is logged in, and the end of it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from interactions import sessions
from interactions.admin.commands import Commanded, Order
from interactions.admin.filters import OpenFilter
from interactions.admin.words import label, moment
from interactions.callers import AdminCaller
from interactions.errors import Refusal
from interactions.models import Session


def end_session(caller: AdminCaller, session: int, answers: dict[str, Any]) -> None:
    if not Session.objects.filter(pk=session, ended_at=None).exists():
        raise Refusal("This session has ended already.")
    sessions.end_session(caller.actor, session)


END = Order(
    "End session",
    "ended",
    "Its token is worth nothing from then on. With an agent's last session all the agent's holds end too, "
    "and what was held waits again where it stood.",
    end_session,
    is_dangerous=True,
)


@admin.register(Session)
class SessionAdmin(Commanded):
    list_display = (
        "number",
        "agent",
        "application",
        "place",
        moment("started_at"),
        moment("last_request_at"),
        moment("ended_at"),
        "reason",
    )
    list_display_links = ("number",)
    list_select_related = ("agent__user", "place")
    list_filter = (OpenFilter, ("agent", AutocompleteSelectFilter), ("place", AutocompleteSelectFilter))
    ordering = ("-id",)
    actions = ("end",)
    actions_detail = ("end_this",)
    fields = (
        ("agent", "application"),
        ("place", "reason"),
        (moment("started_at"), moment("last_request_at")),
        (moment("ended_at"),),
    )

    def describe(self, row: Session) -> str:
        return f"Session {row.pk} of {row.agent}, {row.application or 'application not named'}"

    @display(description="session", ordering="id")
    def number(self, session: Session) -> str:
        return str(session.pk)

    @display(description="end", ordering="end_reason")
    def reason(self, session: Session) -> SafeString | None:
        return label(session.get_end_reason_display()) if session.end_reason else None

    @action(description="End session", permissions=["command"])
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> HttpResponse:
        return self.order_selected(request, END)

    @action(description="End session", permissions=["command"], url_path="end", icon="logout")
    def end_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, END, object_id)
