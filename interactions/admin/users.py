"""Those who log in: agents, and the operators of this admin."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from interactions.admin.base import Administered
from interactions.admin.people import end_sessions
from interactions.callers import AdminCaller
from interactions.models import Agent

admin.site.unregister(User)
admin.site.unregister(Group)  # groups of permissions, easily taken for groups of agents


RENAMED = (
    "This agent is logged in or holds something, and what is reported of it goes by the name. "
    "End the sessions first."
)


class UserForm(UserChangeForm):
    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if name != self.initial["username"]:
            agents = Agent.objects.select_for_update()  # so that nobody logs in meanwhile
            for agent in agents.filter(user=self.instance):
                if any(rows.filter(ended_at=None).exists() for rows in (agent.sessions, agent.parties)):
                    raise forms.ValidationError(RENAMED)
        return name


HELP = {
    "is_active": "Off: nobody can log in as this user, and an agent's sessions and holds end.",
    "is_staff": "May log in to this admin. What is to be seen and done here depends on the roles.",
    "is_superuser": "May do all, also what no role allows: users and their rights, tokens of programs.",
    "groups": "operator: runs the floor. supervisor: sees and commands what the own agent groups have; the "
    "agent of this user must be a supervisor. auditor: sees everything and changes nothing.",
    "user_permissions": "Beyond those of the roles.",
}


@admin.register(User)
class UserAdmin(DjangoUserAdmin, Administered):
    form = UserForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff", "is_superuser", ("groups", RelatedDropdownFilter))
    filter_horizontal = ()
    helps = HELP
    kept_by = ((Agent, "user"),)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            caller = AdminCaller(request.user.get_username())
            for agent in Agent.objects.filter(user=obj):
                # Ending a session is a transaction of its own, and this form is saved in one.
                transaction.on_commit(partial(end_sessions, caller, agent.pk))
