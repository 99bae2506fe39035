"""What a command asks for."""

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextInputWidget,
)

from interactions.models import Queue


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=255,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Kept with the event, for reports. May be left empty.",
    )


class QueueForm(forms.Form):
    queue = forms.ModelChoiceField(
        Queue.objects.filter(is_private=False),
        widget=UnfoldAdminSelect2Widget,
        empty_label="Choose a queue",
        help_text="It gets a new turn, at the end of this queue's line among those of its priority.",
    )


class PriorityForm(forms.Form):
    priority = forms.IntegerField(
        min_value=-(2**31),
        max_value=2**31 - 1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="The higher, the sooner its turn: 0 is usual. Among equals the older turn goes first.",
    )
