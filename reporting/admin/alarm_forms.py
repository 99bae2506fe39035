"""What an operator enters of alarms, and what it will mean."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from interactions.spans import write_span
from reporting.alarms.measures import FEWEST, MEASURES
from reporting.models import AlarmRule, ServiceLevel
from reporting.models.alarm import BOUNDS

HELP = {
    "name": "People and programs are told the alarm by it. Alarms that were raised keep the older name.",
    "queue": "Empty: the rule watches each public queue by itself, later ones too, with an alarm for each. "
    "Leave it empty for the server.",
    "threshold": "Seconds for waits and lags, percent for rates and levels. Exactly this value raises no "
    "alarm. May be empty for the service level: then it is each queue's own target.",
    "window": "Minutes to look back, for rates and levels: 15 is usual. Fewer react sooner, also to chance.",
    "for_seconds": "How long it must be beyond the threshold without a pause. 0 raises at the first look, "
    "within ten seconds. An alarm is cleared at once when the value is within again.",
    "is_active": "Off: its open alarms are cleared, and the webhooks are told so.",
}

MEASURE_HELP = (
    "Longest wait and interactions waiting look at a queue at present. The revocation rate is the share of "
    f"pulls that ended because the agent went quiet (of {FEWEST} pulls or more). The service level is the "
    "share pulled within the queue's target, where one is set. The revocation lag is how late the server "
    "itself is; the audit difference is in how many things log and tables differ. It cannot be changed later."
)


class AlarmRuleForm(forms.ModelForm):
    measure = forms.ChoiceField(
        choices=lambda: [("", "Choose a measure"), *((name, one.title) for name, one in MEASURES.items())],
        widget=UnfoldAdminSelectWidget,
        help_text=MEASURE_HELP,
    )

    class Meta:
        model = AlarmRule
        fields = ("name", "measure", "queue", "threshold", "window", "for_seconds", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if threshold := self.initial.get("threshold"):  # 60, and not 60.0
            self.initial["threshold"] = f"{threshold:g}"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        measure = MEASURES.get(given.get("measure") or self.instance.measure)
        if measure is None:
            return given
        threshold = given.get("threshold")
        if threshold is None and measure.targets is None and "threshold" not in self.errors:
            self.add_error("threshold", "This measure needs a threshold.")
        if threshold is not None and threshold < 0:
            self.add_error("threshold", "A threshold is 0 or more.")
        if measure.unit == "percent" and (threshold or 0) > 100:
            self.add_error("threshold", "A share is 100 % at most.")
        if measure.has_window and given.get("window") is None and "window" not in self.errors:
            self.add_error("window", "This measure needs a window: how many minutes to look back.")
        if not measure.has_window and given.get("window") is not None:
            self.add_error("window", "This measure looks at the present: leave the window empty.")
        if not measure.is_of_queues and given.get("queue") is not None:
            self.add_error("queue", "This measure is the server's: leave the queue empty.")
        return given


class ServiceLevelForm(forms.ModelForm):
    seconds = forms.TypedChoiceField(
        coerce=int,
        choices=[(bound, write_span(bound)) for bound in BOUNDS],
        initial=60,
        label="Within",
        widget=UnfoldAdminSelectWidget,
        help_text="How long an interaction may wait until it is pulled.",
    )

    class Meta:
        model = ServiceLevel
        fields = ("queue", "percent", "seconds")
