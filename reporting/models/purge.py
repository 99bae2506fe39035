"""What was purged."""

from django.db import models
from django.db.models.functions import Now


class Purge(models.Model):
    """A promise that was given before anything was deleted: what may be missing since.

    Interactions that were stopped before `interactions_before` may have no rows any more. Interactions that
    were stopped and sessions that ended before `events_before` may have no events.
    """

    at = models.DateTimeField(db_default=Now())
    interactions_before = models.DateTimeField(null=True)
    events_before = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Purge {self.pk}"
