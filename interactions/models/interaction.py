"""One piece of work, and where it stands."""

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Func
from django.db.models.functions import Now

from interactions.models.queue import MediaType, Queue, span_field, span_in_range

USER_DATA_BYTES = 64 * 1024  # as compact JSON
USER_DATA_LEVELS = 32


class State(models.TextChoices):
    QUEUED = "queued"
    HANDLING = "handling"
    STOPPED = "stopped"


class NextPlaceInQueue(Func):
    """A turn at the end of the line: turns are drawn from one sequence for all queues."""

    template = "nextval('interactions_place_in_queue_seq')"
    output_field = models.BigIntegerField()
    allowed_default = True


class Interaction(models.Model):
    """State changes are made by interactions/lifecycle/ alone."""

    external_id = models.CharField(max_length=255, null=True, blank=True)
    media_type = models.ForeignKey(MediaType, on_delete=models.PROTECT, db_index=False)
    interaction_type = models.CharField(max_length=100, blank=True)
    interaction_subtype = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children", db_index=False
    )
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, db_index=False)
    state = models.CharField(max_length=10, choices=State)
    priority = models.IntegerField(default=0)
    user_data = models.JSONField(default=dict)
    handling_timeout = span_field("Seconds; goes before the queue's and the media type's.")
    received_at = models.DateTimeField()
    submitted_at = models.DateTimeField(db_default=Now())
    submitted_by = models.CharField(max_length=150)
    moved_to_queue_at = models.DateTimeField(null=True)
    placed_in_queue_at = models.DateTimeField(null=True)
    place_in_queue_seq = models.BigIntegerField(db_default=NextPlaceInQueue())
    waiting_since = models.DateTimeField(db_default=Now())
    revocation_count = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(db_default=0, help_text="How often its properties were changed.")
    completed_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=255, null=True)

    class Meta:
        permissions = [
            ("operate_interaction", "Can revoke, place, stop and prioritise any interaction, by hand"),
            (
                "supervise_interaction",
                "Can revoke, stop and prioritise those of the own groups, as a supervisor",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "external_id", condition=Q(external_id__isnull=False), name="interaction_external_id"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="interaction_state"),
            models.CheckConstraint(
                condition=Q(state=State.STOPPED, completed_at__isnull=False)
                | (~Q(state=State.STOPPED) & Q(completed_at=None, stop_reason=None)),
                name="interaction_stopped_is_completed",
            ),
            models.CheckConstraint(
                condition=span_in_range("handling_timeout"), name="interaction_timeout_range"
            ),
        ]
        indexes = [
            # The line itself: lifecycle.pull takes from its head.
            models.Index(
                "queue",
                F("priority").desc(),
                "place_in_queue_seq",
                condition=Q(state=State.QUEUED),
                name="interaction_line",
            ),
            # The same for a pull that asks for one media type.
            models.Index(
                "queue",
                "media_type",
                F("priority").desc(),
                "place_in_queue_seq",
                condition=Q(state=State.QUEUED),
                name="interaction_line_of_media",
            ),
            # The newest of a queue, a state and a media type: finding.find. Held per queue: GET queues and
            # GET workbins.
            models.Index("queue", "state", "media_type", "id", name="interaction_newest"),
            # What was received in a span, and where it stands: finding.find.
            models.Index(
                fields=["received_at", "id"],
                include=["queue", "state", "media_type"],
                name="interaction_received",
            ),
            # How many wait, and for how long: GET queues, GET workbins, /metrics.
            models.Index(
                "queue", "waiting_since", condition=Q(state=State.QUEUED), name="interaction_waiting_since"
            ),
            # What was stopped, the longest ago first: housekeeping.purge_stopped.
            models.Index("completed_at", condition=Q(completed_at__isnull=False), name="interaction_stopped"),
            # An interaction's children and thread: finding.find; the check when a parent is purged.
            models.Index("parent", condition=Q(parent__isnull=False), name="interaction_parent"),
        ]

    def __str__(self) -> str:
        return f"Interaction {self.pk}"
