"""Sessions: who is logged in, and the end of it."""

from collections.abc import Sequence
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
from interactions.admin.live import LiveMixin, View
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
class SessionAdmin(LiveMixin, Commanded):
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
    list_filter = (
        OpenFilter,
        ("agent", AutocompleteSelectFilter),
        ("agent__groups", AutocompleteSelectFilter),
        ("place", AutocompleteSelectFilter),
    )
    views = (View("Open", ""), View("Ended", "shown=ended"), View("All", "shown=all"))
    search_help_text = "An exact id, or an agent"
    exact_search_fields = ("agent__user__username",)
    ordering = ("-id",)
    actions = ("end",)
    actions_detail = ("end_this",)
    fields = (
        ("agent", "application"),
        ("place", "reason"),
        (moment("started_at"), moment("last_request_at")),
        (moment("ended_at"),),
    )

    def named(self, ids: Sequence[int]) -> QuerySet[Session]:
        return Session.objects.filter(pk__in=ids).select_related("agent__user")

    def mark(self, row: Session) -> object:
        return row.last_request_at, row.ended_at

    def useless(self, row: Session) -> tuple[str, ...]:
        return ("end_this",) if row.ended_at else ()

    def has_end_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("interactions.end_session")

    def describe(self, row: Session) -> str:
        return f"Session {row.pk} of {row.agent}, {row.application or 'application not named'}"

    @display(description="session", ordering="id")
    def number(self, session: Session) -> str:
        return str(session.pk)

    @display(description="end", ordering="end_reason")
    def reason(self, session: Session) -> SafeString | None:
        return label(session.get_end_reason_display()) if session.end_reason else None

    @action(description="End session", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> HttpResponse:
        return self.order_selected(request, END, queryset)

    @action(description="End session", permissions=["end"], url_path="end", icon="logout")
    def end_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, END, object_id)
