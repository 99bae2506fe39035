"""Alarms are looked at; rules and service levels administered."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, F, Field, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, DropdownFilter
from unfold.decorators import display

from interactions.admin.base import Administered, LookedAt
from interactions.admin.filters import exact_filter
from interactions.admin.live import LiveMixin, View
from interactions.admin.words import label, link, moment
from interactions.spans import write_span
from reporting.admin.alarm_forms import HELP, AlarmRuleForm, ServiceLevelForm
from reporting.admin.delivery_filters import STATES
from reporting.alarms.measures import MEASURES
from reporting.alarms.telling import told_of
from reporting.alarms.words import write_amount
from reporting.models import Alarm, AlarmRule, Delivery, ServiceLevel

COLORS = {"open": "danger", "cleared": "success"}


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("cleared", "Cleared")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alarm]) -> QuerySet[Alarm]:
        if self.value() not in ("open", "cleared"):
            return queryset
        return queryset.filter(cleared_at__isnull=self.value() == "open")


def title_of(measure: str) -> str:
    return MEASURES[measure].title if measure in MEASURES else measure


@admin.register(Alarm)
class AlarmAdmin(LiveMixin, LookedAt):
    """Open ones first."""

    views = (View("All", ""), View("Open", "state=open"), View("Cleared", "state=cleared"))
    list_display = ("state", "by_rule", "what", "at_worst", moment("raised_at"), moment("cleared_at"))
    list_display_links = ("by_rule",)
    list_filter = (StateFilter, exact_filter("queue"), exact_filter("name", "rule"))
    ordering = (F("cleared_at").desc(nulls_first=True), "-id")
    sortable_by = ()
    fieldsets = (
        (None, {"fields": (("situation", "of_rule"), ("where", "measured"), ("what",))}),
        ("Values", {"fields": (("limit", "when_raised"), ("at_worst", "at_last"))}),
        (
            "When",
            {
                "fields": (
                    (moment("since", "beyond the threshold since"), moment("raised_at", "raised at")),
                    (moment("cleared_at", "cleared at"),),
                )
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Alarm | None = None) -> Any:
        """Supervisors see neither rules nor deliveries."""
        first, *rest = self.fieldsets
        if not request.user.has_perm("reporting.view_alarmrule"):
            first = (None, {"fields": (("situation", "by_rule"), ("where", "measured"), ("what",))})
        if request.user.has_perm("reporting.view_delivery"):
            rest.append(("Webhooks", {"fields": ("told",)}))
        return (first, *rest)

    def mark(self, row: Alarm) -> object:
        return row.worst, row.cleared_at

    @display(description="state", label=COLORS)
    def state(self, alarm: Alarm) -> str:
        return "cleared" if alarm.cleared_at else "open"

    @display(description="rule")
    def by_rule(self, alarm: Alarm) -> str:
        return alarm.name

    @display(description="state")
    def situation(self, alarm: Alarm) -> SafeString:
        return label(self.state(alarm), COLORS[self.state(alarm)])

    @display(description="rule")
    def of_rule(self, alarm: Alarm) -> SafeString | str:
        """By the name it had then."""
        if alarm.rule_id is None:
            return f"{alarm.name} (deleted)"
        return link(reverse("admin:reporting_alarmrule_change", args=[alarm.rule_id]), alarm.name)

    @display(description="what")
    def what(self, alarm: Alarm) -> str:
        return alarm.text

    @display(description="where")
    def where(self, alarm: Alarm) -> SafeString | str:
        if not alarm.queue:
            return "server"
        return link(f"{reverse('admin:index')}?{urlencode({'queue': alarm.queue})}", alarm.queue)

    @display(description="told")
    def told(self, alarm: Alarm) -> SafeString | str:
        counts = {state: Count("pk", filter=chosen) for state, chosen in STATES.items()}
        found = Delivery.objects.filter(told_of(alarm)).aggregate(**counts)
        if not any(found.values()):
            return "No webhook, or more than 30 days ago."
        page = reverse("admin:reporting_delivery_changelist")
        shown = (
            (link(f"{page}?alarm={alarm.pk}&state={state}", f"{found[state]} {state}"),) for state in STATES
        )
        return format_html_join(", ", "{}", shown)

    @display(description="measure")
    def measured(self, alarm: Alarm) -> str:
        return title_of(alarm.measure)

    @display(description="threshold")
    def limit(self, alarm: Alarm) -> str:
        return self._write(alarm, alarm.threshold)

    @display(description="value when raised")
    def when_raised(self, alarm: Alarm) -> str:
        return self._write(alarm, alarm.value)

    @display(description="worst")
    def at_worst(self, alarm: Alarm) -> str:
        return self._write(alarm, alarm.worst)

    @display(description="latest value")
    def at_last(self, alarm: Alarm) -> str:
        return self._write(alarm, alarm.latest)

    def _write(self, alarm: Alarm, value: float) -> str:
        measure = MEASURES.get(alarm.measure)
        return write_amount(value, measure) if measure else f"{value:g}"


@admin.register(AlarmRule)
class AlarmRuleAdmin(Administered):
    form = AlarmRuleForm
    list_display = ("name", "measured", "where", "limit", "lasting", "switched", "raised", "trouble")
    list_select_related = ("queue",)
    list_filter = (("is_active", BooleanRadioFilter),)
    search_fields = ("name", "queue__name")
    autocomplete_fields = ("queue",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AlarmRule]:
        is_open = Count("alarm", filter=Q(alarm__cleared_at=None))
        return super().get_queryset(request).annotate(open_alarms=is_open)

    def get_fieldsets(self, request: HttpRequest, obj: AlarmRule | None = None) -> Any:
        """Of a rule that is there, what its measure has."""
        known = MEASURES.get(obj.measure) if obj else None
        queue = ("queue",) if known is None or known.is_of_queues else ()
        window = ("window",) if known is None or known.has_window else ()
        return (
            (None, {"fields": ("name", "measured" if obj else "measure", *queue, "is_active")}),
            ("When it is raised", {"fields": ("threshold", *window, "for_seconds")}),
            *([("Trouble", {"fields": ("trouble",)})] if obj and obj.trouble else []),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: AlarmRule | None = None) -> tuple[str, ...]:
        """An open alarm would not know what it was raised for, if the measure changed."""
        return ("measure", "measured", "trouble") if obj else ()

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in HELP:
            kwargs["help_text"] = HELP[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Its alarms stay, and open ones are cleared; what it is about to raise is nobody's business."""
        rules = list(objs)
        return [str(rule) for rule in rules], {"alarm rules": len(rules)}, set(), []

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[AlarmRule]) -> None:
        AlarmRule.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))).delete()

    @display(description="measure", ordering="measure")
    def measured(self, rule: AlarmRule) -> str:
        return title_of(rule.measure)

    @display(description="queue", ordering="queue__name")
    def where(self, rule: AlarmRule) -> str:
        measure = MEASURES.get(rule.measure)
        if measure and not measure.is_of_queues:
            return "server"
        return rule.queue.name if rule.queue else "each"

    @display(description="raised if", ordering="threshold")
    def limit(self, rule: AlarmRule) -> str:
        measure = MEASURES.get(rule.measure)
        if measure is None:
            return ""
        side = "below" if measure.is_low_bad else "above"
        limit = "the target" if rule.threshold is None else write_amount(rule.threshold, measure)
        return f"{side} {limit}" + (f" in {rule.window} min" if rule.window else "")

    @display(description="for", ordering="for_seconds")
    def lasting(self, rule: AlarmRule) -> str | None:
        return write_span(rule.for_seconds)

    @display(description="state", ordering="is_active", label={"on": "success", "off": "warning"})
    def switched(self, rule: AlarmRule) -> str:
        return "on" if rule.is_active else "off"

    @display(description="open alarms")
    def raised(self, rule: Any) -> SafeString:
        asked = urlencode({"state": "open", "name": rule.name})
        return link(f"{reverse('admin:reporting_alarm_changelist')}?{asked}", rule.open_alarms)


@admin.register(ServiceLevel)
class ServiceLevelAdmin(Administered):
    form = ServiceLevelForm
    list_display = ("queue", "target")
    list_select_related = ("queue",)
    search_fields = ("queue__name",)
    autocomplete_fields = ("queue",)
    fields = ("queue", "percent", "seconds")

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "percent":
            kwargs["help_text"] = "Of a hundred that are pulled, how many are to be pulled in time."
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description="target", ordering="percent")
    def target(self, level: ServiceLevel) -> str:
        return f"{level.percent:g} % pulled within {write_span(level.seconds)}"
