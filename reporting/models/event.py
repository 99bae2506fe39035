"""The event log: what happened, in copied words, so that no later change can alter it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


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
        indexes = [
            # One interaction's life: GET reporting/interactions/{id}.
            models.Index("interaction", "id", name="event_of_interaction"),
            # A time range: GET reporting/events?from=&to=.
            BrinIndex("at", name="event_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
