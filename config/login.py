"""The admin's log-in, throttled together with the API's. Here, for the site is made before its pages are."""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from interactions import throttle
from interactions.errors import Throttled


class LoginForm(AuthenticationForm):
    def clean(self) -> Any:
        username = self.cleaned_data.get("username")
        if not (username and self.cleaned_data.get("password")):
            return super().clean()
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        try:
            with throttle.attempt(username, address):
                return super().clean()
        except Throttled as throttled:
            raise ValidationError(throttled.detail, code="throttled") from throttled
