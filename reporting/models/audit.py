"""Audits of the log, and the places from which a later one can begin."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class AuditRun(models.Model):
    """One comparison of the log with the tables."""

    at = models.DateTimeField(db_default=Now(), help_text="Log and tables are compared as they were then.")
    seconds = models.FloatField()
    began_after = models.BigIntegerField(
        null=True, help_text="The checkpoint's event that it began after; empty: the first event."
    )
    events = models.BigIntegerField()
    interactions = models.BigIntegerField()
    sessions = models.BigIntegerField()
    differences = models.BigIntegerField()
    details = models.JSONField(default=list, help_text="The first differences, with the events before them.")

    class Meta:
        ordering = ["-id"]
        verbose_name = "audit"

    def __str__(self) -> str:
        return f"Audit {self.pk}"


class Checkpoint(models.Model):
    """Up to this event the log agrees with the tables, and `Standing` has what stood open after it."""

    event = models.BigIntegerField()
    at = models.DateTimeField()
    base = models.BigIntegerField(null=True, help_text="The first checkpoint whose standings still count.")
    is_complete = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Checkpoint at event {self.event}"


class Standing(models.Model):
    """An interaction or a session as a checkpoint has it: the newest of it counts. Empty: it has ended."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=11)
    number = models.BigIntegerField()
    life = models.JSONField(null=True)

    class Meta:
        constraints = [
            # Also reads what stood at a checkpoint, in order.
            models.UniqueConstraint("kind", "number", "checkpoint", name="standing_of_checkpoint"),
            models.CheckConstraint(condition=Q(kind__in=["interaction", "session"]), name="standing_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
