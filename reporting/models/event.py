"""The event log: what happened, in copied words, so that no later change can alter it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One reporting event. Append-only; ids and names are copied, there are no foreign keys.

    Its table has a partition for each month of `at` (see reporting/partitions.py).
    """

    event = models.CharField(max_length=40)
    at = models.DateTimeField()
    interaction = models.BigIntegerField(null=True)
    external_id = models.CharField(max_length=255, null=True)
    media_type = models.CharField(max_length=100, null=True)
    queue = models.CharField(max_length=200, null=True)
    workbin = models.BigIntegerField(null=True)
    agent = models.CharField(max_length=150, null=True)
    session = models.BigIntegerField(null=True)
    place = models.CharField(max_length=100, null=True)
    party = models.BigIntegerField(null=True)
    operation = models.CharField(max_length=20, null=True)
    reason = models.CharField(max_length=255, null=True)
    actor = models.JSONField()
    attributes = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        # A page of GET reporting/events: by id from the cursor on, with each filter.
        indexes = [
            models.Index("event", "id", name="event_of_kind"),
            models.Index("interaction", "id", name="event_of_interaction"),  # one life, and `interaction=`
            models.Index("queue", "id", name="event_of_queue", condition=Q(queue__isnull=False)),
            models.Index("workbin", "id", name="event_of_workbin", condition=Q(workbin__isnull=False)),
            models.Index("agent", "id", name="event_of_agent", condition=Q(agent__isnull=False)),
            # `from=` and `to=`: see reporting/borders.py.
            models.Index("at", name="event_at"),
            BrinIndex("at", "id", name="event_border", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
