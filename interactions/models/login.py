"""Log-ins that failed, for a while."""

from django.db import models
from django.db.models.functions import Now


class LoginFailure(models.Model):
    """One failure, of a user name, of an address, or of a name from an address: see interactions.throttle.

    `subject` is a digest, for people type passwords where the name belongs.
    """

    subject = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # The newest of a subject: throttle.attempt.
            models.Index("subject", models.F("at").desc(), name="login_failure_of_subject"),
            # The purge.
            models.Index("at", name="login_failure_by_time"),
        ]

    def __str__(self) -> str:
        return f"Login failure {self.pk}"
