"""Who is told, and what is to be told: the outbox of the webhooks."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

PATIENCE = timedelta(days=3)  # for which a delivery is tried


def check_address(url: str) -> None:
    """An address that can be asked, and that may be shown: so no password in it."""
    try:
        parts = urlsplit(url)
        has_place = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, an address in unfinished brackets
        has_place = False
    if not has_place or not url.isprintable() or " " in url:
        raise ValidationError("Write it as https://host/path, or http:// where the network is your own.")
    if "@" in parts.netloc:
        raise ValidationError("Leave user name and password out: receivers know us by the signature.")


def in_patience() -> Combinable:
    return Now() + PATIENCE


class Webhook(models.Model):
    """An address that alarms are posted to. Its secret is kept as it is, for we sign with it."""

    url = models.CharField("URL", max_length=500, validators=[check_address])
    secret = models.CharField(max_length=100, editable=False)
    description = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["url", "id"]

    def __str__(self) -> str:
        return self.description or self.url


class Delivery(models.Model):
    """One thing told to one webhook. Written in the transaction of what it tells."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    give_up_at = models.DateTimeField(db_default=in_patience())
    next_attempt_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(db_default=0)
    attempted_at = models.DateTimeField(null=True)  # the latest of them
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_status = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=500, db_default="")
    last_answer = models.CharField(max_length=200, db_default="")

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(failed_at=None), name="delivery_delivered_or_failed"
            )
        ]
        indexes = [
            # What is due, of each webhook: outbox.claim, outbox.give_up.
            models.Index(
                "webhook",
                "next_attempt_at",
                condition=Q(delivered_at=None, failed_at=None),
                name="delivery_due",
            ),
            # A webhook's deliveries, the newest first: the admin.
            models.Index("webhook", F("id").desc(), name="delivery_of_webhook"),
            # What is old: outbox.forget.
            models.Index("created_at", name="delivery_created"),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"

    @property
    def state(self) -> str:
        if self.delivered_at:
            return "delivered"
        return "failed" if self.failed_at else "waiting"
