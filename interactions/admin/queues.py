"""Queues and media types: administered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display
from unfold.views import ChangeList

from interactions.admin.base import Administered
from interactions.admin.commands import CommandsMixin, Order
from interactions.admin.live import LiveMixin, View
from interactions.admin.words import beside, label, link, write_moment
from interactions.models import Interaction, MediaType, Queue
from interactions.models.interaction import State
from interactions.queues import count_lines, pause
from interactions.spans import write_span


class CountedList(ChangeList):
    """The page's queues with how many wait in each: one statement for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts = count_lines([row.pk for row in self.result_list])
        for row in self.result_list:
            row.line = counts[row.pk]


class CountColumns:
    """For a list of queues, or of what has its queue's id."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CountedList

    @display(description="waiting")
    def waiting(self, row: Any) -> SafeString:
        return self._link(row, "queued", row.line.waiting)

    @display(description="held")
    def held(self, row: Any) -> SafeString:
        return self._link(row, "handling", row.line.held)

    @display(description="oldest waits since")
    def oldest(self, row: Any) -> SafeString | None:
        return write_moment(row.line.oldest_waiting_at)

    def where(self, row: Any) -> str:
        return f"queue__id__exact={row.pk}"

    def _link(self, row: Any, state: str, count: int) -> SafeString:
        page = reverse("admin:interactions_interaction_changelist")
        return link(f"{page}?{self.where(row)}&state__exact={state}", count)


HELP = {
    "name": "Letters, digits, '.', '_' and '-'. Programs name the queue by it: a new name breaks those that "
    "use the old one. Figures go by the name, so only an empty queue can be renamed.",
    "position": "Who asks for the next interaction of any queue is served from the lowest position first.",
    "agent_groups": "Only agents of these groups may pull from it. Taking a group away does not end what its "
    "agents hold.",
    "handling_timeout": "Seconds an agent may be quiet before the interaction is revoked, 1 to 86400. Empty: "
    "the media type's, else the server's. Holds that are open keep theirs.",
    "max_handling_time": "Seconds after which a hold ends even if the agent is active. Empty: no limit.",
    "max_revocations": "An interaction that expires more often than this goes to the parking queue. Each "
    "placing starts the count anew. Empty: never.",
    "parking_queue": "Without one nothing is parked, whatever the number above.",
}
MEDIA_HELP = {
    "name": "Programs submit under it, agents may ask for it: a new name breaks what uses the old one.",
    "handling_timeout": "Seconds an agent may be quiet before an interaction of this type is revoked, 1 to "
    "86400. A queue's own goes first. Empty: the server's. Holds that are open keep theirs.",
}
RENAMED = (
    "Interactions wait in it or are held out of it, and what is reported of them goes by the name. "
    "Make a new queue and move them there, or rename this one when it is empty."
)


class PolicyForm(forms.ModelForm):
    """How many wait is counted by name: what came in under one must not leave under another."""

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.instance.pk and name != self.initial["name"]:
            Queue.objects.select_for_update().get(pk=self.instance.pk)  # nothing comes in meanwhile
            content = Interaction.objects.filter(queue=self.instance)
            if content.filter(state__in=[State.QUEUED, State.HANDLING]).exists():
                raise forms.ValidationError(RENAMED)
        return name


NOW = (("state", "content"),)
STATES = {
    False: (("open", "success"), "Agents of its groups can pull from it."),
    True: (("paused", "warning"), "Nothing can be pulled from it. Agents keep what they hold."),
}

PAUSE = Order(
    "Pause",
    "paused",
    "Nothing can be pulled from it until it is resumed: agents' requests are refused, those that wait for "
    "work too. What agents hold they keep; what is revoked waits in it at its old turn, and more can be "
    "placed in it.",
    lambda caller, id, answers: pause(id, True),
)
RESUME = Order(
    "Resume",
    "resumed",
    "Agents can pull from it at once, in the order of its line.",
    lambda caller, id, answers: pause(id, False),
)


@admin.register(Queue)
class QueueAdmin(LiveMixin, CommandsMixin, CountColumns, Administered):
    """The public ones: a private queue belongs to its workbin."""

    form = PolicyForm
    helps = HELP
    list_display = ("name", "paused", "waiting", "held", "oldest", "groups", "timeout", "position")
    list_filter = (("is_paused", BooleanRadioFilter),)
    search_fields = ("name", "description")
    autocomplete_fields = ("agent_groups", "parking_queue")
    views = (View("All", ""), View("Paused", "is_paused__exact=1"))
    actions = ("pause", "resume")
    actions_detail = ("pause_this", "resume_this")
    kept_by = ((Interaction, "queue"),)
    fieldsets = (
        (None, {"fields": ("name", "description", "position", "agent_groups")}),
        ("How long an agent may hold", {"fields": ("handling_timeout", "max_handling_time")}),
        ("When it expires again and again", {"fields": ("max_revocations", "parking_queue")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Queue]:
        return super().get_queryset(request).filter(is_private=False).prefetch_related("agent_groups")

    def get_fieldsets(self, request: HttpRequest, obj: Queue | None = None) -> Any:
        return ((None, {"fields": NOW}), *self.fieldsets) if obj else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Queue | None = None) -> Any:
        """Paused and resumed by command alone: a form that was opened before must not undo it."""
        return NOW[0] if obj else ()

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, queryset=Queue.objects.filter(is_private=False), **kwargs
        )

    @display(description="pulls", ordering="is_paused", label={"paused": "warning", "open": "success"})
    def paused(self, queue: Queue) -> str:
        return "paused" if queue.is_paused else "open"

    @display(description="state")
    def state(self, queue: Queue) -> SafeString:
        shown, words = STATES[queue.is_paused]
        return beside(label(*shown), words)

    @display(description="in it")
    def content(self, queue: Queue) -> SafeString:
        row: Any = queue
        row.line = count_lines([queue.pk])[queue.pk]
        since = row.line.oldest_waiting_at
        oldest = format_html(", the oldest since {}", write_moment(since)) if since else ""
        return format_html("{} waiting, {} held{}", self.waiting(row), self.held(row), oldest)

    @display(description="agent groups")
    def groups(self, queue: Queue) -> str:
        return ", ".join(group.name for group in queue.agent_groups.all())

    @display(description="handling timeout", ordering="handling_timeout")
    def timeout(self, queue: Queue) -> str | None:
        return write_span(queue.handling_timeout)

    def mark(self, row: Any) -> object:
        line = row.line
        return row.name, row.is_paused, line.waiting, line.held, line.oldest_waiting_at

    def useless(self, row: Queue) -> tuple[str, ...]:
        return ("pause_this",) if row.is_paused else ("resume_this",)

    def has_pause_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("interactions.pause_queue")

    @action(description="Pause: refuse pulls", permissions=["pause"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Queue]) -> HttpResponse:
        return self.order_selected(request, PAUSE, queryset)

    @action(description="Resume: allow pulls", permissions=["pause"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Queue]) -> HttpResponse:
        return self.order_selected(request, RESUME, queryset)

    @action(description="Pause", permissions=["pause"], url_path="pause", icon="pause_circle")
    def pause_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, PAUSE, object_id)

    @action(description="Resume", permissions=["pause"], url_path="resume", icon="play_circle")
    def resume_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, RESUME, object_id)


@admin.register(MediaType)
class MediaTypeAdmin(Administered):
    list_display = ("name", "timeout")
    search_fields = ("name",)
    kept_by = ((Interaction, "media_type"),)
    helps = MEDIA_HELP

    @display(description="handling timeout", ordering="handling_timeout")
    def timeout(self, media_type: MediaType) -> str | None:
        return write_span(media_type.handling_timeout)
