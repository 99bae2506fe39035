"""Log-ins that failed, for a while."""

from django.db import models
from django.db.models.functions import Now


class LoginFailure(models.Model):
    """One log-in that failed, or whose password is being checked: see interactions.throttle.

    `subject` is the user name, `address` where it came from; both are digests, for people type passwords
    where the name belongs.
    """

    subject = models.BinaryField(max_length=32)
    address = models.BinaryField(max_length=32, null=True)  # None for a Unix socket
    has_failed = models.BooleanField(db_default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # The newest of a name: throttle.attempt.
            models.Index("subject", models.F("at").desc(), name="login_failure_of_subject"),
            # The newest of an address: throttle.attempt.
            models.Index(
                "address",
                models.F("at").desc(),
                name="login_failure_of_address",
                condition=models.Q(has_failed=True),
            ),
            # The purge, and the metric.
            models.Index("at", name="login_failure_by_time"),
        ]

    def __str__(self) -> str:
        return f"Login failure {self.pk}"
