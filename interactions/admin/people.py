"""Agents and their groups: administered. An agent is never deleted, for reports and interactions name it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, Exists, Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter
from unfold.decorators import action, display

from interactions import sessions
from interactions.admin.agent_form import AgentForm, NewAgentForm
from interactions.admin.base import Administered
from interactions.admin.commands import CommandsMixin, Order
from interactions.admin.rights import may_operate
from interactions.admin.words import link
from interactions.callers import AdminCaller
from interactions.errors import NotFound, NotPermitted
from interactions.models import Agent, AgentGroup, Party, Session


def end_sessions(caller: AdminCaller, agent: int) -> None:
    for session in Session.objects.filter(agent=agent, ended_at=None).values_list("pk", flat=True):
        sessions.end_session(caller.actor, session)


def deactivate(caller: AdminCaller, agent: int, answers: dict[str, Any]) -> None:
    """First the user, so that nobody logs in while the sessions end."""
    _switch(caller, agent, False)
    end_sessions(caller, agent)


def activate(caller: AdminCaller, agent: int, answers: dict[str, Any]) -> None:
    _switch(caller, agent, True)


def _switch(caller: AdminCaller, agent: int, is_active: bool) -> None:
    """Errors: NotFound; NotPermitted, if it is one who may come in here and the caller is no superuser."""
    user = User.objects.filter(agent=agent).first()
    if user is None:
        raise NotFound
    superusers = User.objects.filter(username=caller.username, is_superuser=True)
    if (user.is_staff or user.is_superuser) and not superusers.exists():
        raise NotPermitted("This agent may use the admin: only a superuser may switch such users on or off.")
    User.objects.filter(pk=user.pk).update(is_active=is_active)


DEACTIVATE = Order(
    "Deactivate",
    "deactivated",
    "The agent cannot log in any more. All sessions and holds end; what was held waits again where it stood.",
    deactivate,
    is_dangerous=True,
)
ACTIVATE = Order("Activate", "activated", "The agent can log in again.", activate)


@admin.register(Agent)
class AgentAdmin(CommandsMixin, Administered):
    form = AgentForm
    list_display = ("name", "employee_id", "in_groups", "role", "capacity", "holds", "logged_in", "active")
    list_select_related = ("user",)
    list_filter = (
        ("groups", AutocompleteSelectFilter),
        ("is_supervisor", BooleanRadioFilter),
        ("user__is_active", BooleanRadioFilter),
    )
    search_fields = ("user__username", "user__first_name", "user__last_name", "employee_id")
    ordering = ("user__username",)
    autocomplete_fields = ("user", "groups")
    actions = ("deactivate", "activate")
    actions_detail = ("set_password", "deactivate_this", "activate_this")
    fieldsets = ((None, {"fields": ("user", "groups", "capacity", "is_supervisor", "employee_id")}),)
    add_fieldsets = (
        ("Who", {"fields": (("username", "password"), "user")}),
        ("What the agent may do", {"fields": ("groups", "capacity", "is_supervisor", "employee_id")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        held = Party.objects.filter(agent=OuterRef("pk"), ended_at=None).order_by().values("agent")
        return (
            super()
            .get_queryset(request)
            .prefetch_related("groups")
            .annotate(
                held=Subquery(held.annotate(count=Count("pk")).values("count")),
                is_logged_in=Exists(Session.objects.filter(agent=OuterRef("pk"), ended_at=None)),
            )
        )

    def get_form(
        self, request: HttpRequest, obj: Agent | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        return super().get_form(request, obj, change, **({} if obj else {"form": NewAgentForm}), **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Agent | None = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def useless(self, row: Agent) -> tuple[str, ...]:
        return ("activate_this",) if row.user.is_active else ("deactivate_this",)

    def has_switch_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_operate(request) and request.user.has_perm("interactions.change_agent")

    def named(self, ids: Sequence[int]) -> QuerySet[Agent]:
        return Agent.objects.filter(pk__in=ids).select_related("user")

    def has_password_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("auth.change_user")

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        if isinstance(form, NewAgentForm):
            obj.user = form.make_user()
        super().save_model(request, obj, form, change)

    @display(description="agent", ordering="user__username")
    def name(self, agent: Agent) -> str:
        return agent.user.get_username()

    @display(description="groups")
    def in_groups(self, agent: Agent) -> str:
        return ", ".join(group.name for group in agent.groups.all())

    @display(description="role", label={"supervisor": "primary", "agent": ""}, ordering="is_supervisor")
    def role(self, agent: Agent) -> str:
        return "supervisor" if agent.is_supervisor else "agent"

    @display(description="holds")
    def holds(self, agent: Any) -> SafeString:
        page = reverse("admin:interactions_party_changelist")
        return link(f"{page}?agent__id__exact={agent.pk}", agent.held or 0)

    @display(description="session", label={"logged in": "success"})
    def logged_in(self, agent: Any) -> str | None:
        return "logged in" if agent.is_logged_in else None

    @display(description="active", boolean=True, ordering="user__is_active")
    def active(self, agent: Agent) -> bool:
        return agent.user.is_active

    @action(description="Deactivate", permissions=["switch"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Agent]) -> HttpResponse:
        return self.order_selected(request, DEACTIVATE, queryset)

    @action(description="Activate", permissions=["switch"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Agent]) -> HttpResponse:
        return self.order_selected(request, ACTIVATE, queryset)

    @action(description="Deactivate", permissions=["switch"], url_path="deactivate", icon="person_off")
    def deactivate_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, DEACTIVATE, object_id)

    @action(description="Activate", permissions=["switch"], url_path="activate", icon="person")
    def activate_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, ACTIVATE, object_id)

    @action(description="Set password", permissions=["password"], url_path="password", icon="key")
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        agent = self.get_object_or_404(request, object_id)
        return HttpResponseRedirect(reverse("admin:auth_user_password_change", args=[agent.user_id]))


GROUP_NAME = (
    "Who is in it is said on the agents' pages, and what they pull from on those of the queues. Each workbin "
    "type that groups own gives it a workbin."
)


@admin.register(AgentGroup)
class AgentGroupAdmin(Administered):
    list_display = ("name", "members")
    search_fields = ("name",)
    helps = {"name": GROUP_NAME}

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgentGroup]:
        return super().get_queryset(request).annotate(members=Count("agents"))

    @display(description="agents", ordering="members")
    def members(self, group: Any) -> int:
        return group.members
