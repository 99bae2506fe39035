"""An agent with the user: one that exists, or a new one with its password."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from interactions.models import Agent

HELP = {
    "groups": "The agent pulls from the queues and workbins of these groups. Taking a group away does not "
    "end what the agent holds.",
    "capacity": "The most interactions the agent may hold at once; more are refused. Empty: no limit.",
    "is_supervisor": "May see, revoke and stop what stands in the queues of these groups and what their "
    "agents hold.",
    "employee_id": "As your other systems know this person. May be left empty.",
}


class AgentForm(forms.ModelForm):
    class Meta:
        model = Agent
        fields = ("user", "groups", "capacity", "is_supervisor", "employee_id")
        help_texts = HELP

    def clean_employee_id(self) -> str | None:
        return self.cleaned_data["employee_id"] or None  # unique: two empty ones would collide


class NewAgentForm(AgentForm):
    username = forms.CharField(
        max_length=150,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        label="New user's name",
        help_text="What the agent logs in with.",
    )
    password = forms.CharField(
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="For a new user.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].required = False
        self.fields["user"].help_text = "A user who exists already. Leave it empty to make a new one."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if bool(given.get("user")) == bool(given.get("username")):
            self.add_error("username", "Name a new user, or pick one who exists: one of the two.")
        elif given.get("username"):
            self._check_new_user(User(username=given["username"]), given.get("password") or "")
        elif given.get("password"):
            self.add_error("password", "A user who exists keeps the password there is.")
        return given

    def _check_new_user(self, user: User, password: str) -> None:
        try:
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            self.add_error("username", error.messages)
        if not password:
            self.add_error("password", "A new user needs a password.")
            return
        try:
            validate_password(password, user)
        except ValidationError as error:
            self.add_error("password", error)

    def make_user(self) -> User:
        """The user picked, or the new one, saved."""
        given = self.cleaned_data
        return given["user"] or User.objects.create_user(given["username"], password=given["password"])
