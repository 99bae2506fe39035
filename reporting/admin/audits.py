"""The audits: whether log and tables agreed, and what differed."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from interactions.admin.base import LookedAt
from interactions.admin.words import label, moment
from reporting.models import AuditRun


@admin.register(AuditRun)
class AuditRunAdmin(LookedAt):
    list_display = (moment("at"), "verdict", "began", "events", "interactions", "sessions", "took")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": (("verdict", moment("at")), ("began", "took"))}),
        ("Checked", {"fields": (("events", "interactions", "sessions"),)}),
        ("Differences", {"fields": ("what_differs",)}),
    )

    @display(description="differences")
    def verdict(self, run: AuditRun) -> SafeString:
        return label(f"{run.differences:,}", "danger") if run.differences else label("none", "success")

    @display(description="from")
    def began(self, run: AuditRun) -> str:
        return "the first event" if run.began_after is None else f"after event {run.began_after}"

    @display(description="took")
    def took(self, run: AuditRun) -> str:
        return f"{run.seconds:.1f} s"

    @display(description="the first of them")
    def what_differs(self, run: AuditRun) -> SafeString | str:
        if not run.details:
            return "none"
        return format_html_join("", "{}", ((_difference(one),) for one in run.details))


def _difference(one: dict[str, list[str]]) -> SafeString:
    """What is wrong with it, and the events that led there."""
    wrong, events = (format_html_join("", "<li>{}</li>", ((line,) for line in one[name])) for name in PARTS)
    return format_html(
        '<dl class="wb-data"><dt>{}</dt><dd><ul class="wb-list">{}</ul><ul class="wb-list">{}</ul></dd></dl>',
        one["about"],
        wrong,
        events,
    )


PARTS = ("wrong", "events")
