"""What a request with an Idempotency-Key was answered."""

from django.db import models
from django.db.models import Q

from interactions.models.directory import Agent, Service


class StoredReply(models.Model):
    """Kept for a day: whoever sends the same request again gets it instead of another effect."""

    at = models.DateTimeField()
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32, help_text="SHA-256 of the request.")
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()

    class Meta:
        verbose_name_plural = "stored replies"
        constraints = [
            models.CheckConstraint(
                condition=Q(agent=None, service__isnull=False) | Q(agent__isnull=False, service=None),
                name="stored_reply_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(status__gte=200, status__lt=300), name="stored_reply_is_no_refusal"
            ),
            # One effect per key. Also finds the reply, for idempotency.find.
            models.UniqueConstraint(
                "agent", "key", condition=Q(agent__isnull=False), name="stored_reply_of_agent"
            ),
            models.UniqueConstraint(
                "service", "key", condition=Q(service__isnull=False), name="stored_reply_of_service"
            ),
        ]
        indexes = [
            # The purge.
            models.Index("at", name="stored_reply_at"),
        ]

    def __str__(self) -> str:
        return f"Stored reply {self.pk}"
