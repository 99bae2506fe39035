"""Who is there: agents with their groups and sessions, desks, and the programs around them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class AgentGroup(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PlaceGroup(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A desk."""

    name = models.CharField(max_length=100, unique=True)
    groups = models.ManyToManyField(PlaceGroup, blank=True, related_name="places")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """A person who handles interactions. Its row is the lock that pulls and log-outs take first."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="agent")
    employee_id = models.CharField(max_length=100, unique=True, null=True, blank=True)
    capacity = models.PositiveIntegerField(
        null=True, blank=True, help_text="The most interactions this agent may hold; empty: no limit."
    )
    groups = models.ManyToManyField(AgentGroup, blank=True, related_name="agents")
    is_supervisor = models.BooleanField(
        default=False, help_text="May see, pull, revoke and stop what belongs to the groups above."
    )

    class Meta:
        ordering = ["user__username"]

    def __str__(self) -> str:
        return self.user.get_username()


class EndReason(models.TextChoices):
    """Why a session ended."""

    LOGGED_OUT = "LoggedOut"
    SESSION_EXPIRED = "SessionExpired"


class Session(models.Model):
    """One login of one agent application. The token itself is not kept, only its SHA-256 digest."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="sessions")
    application = models.CharField(max_length=100, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    token_hash = models.BinaryField(max_length=32, unique=True)
    started_at = models.DateTimeField(db_default=Now())
    last_request_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, null=True)

    class Meta:
        permissions = [("end_session", "Can end sessions")]
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason=None)
                | Q(ended_at__isnull=False, end_reason__isnull=False),
                name="session_ended_with_reason",
            )
        ]
        indexes = [
            # "Is this the agent's last session?", on log-out. All that are open, for
            # sessions.end_idle_sessions: an index by their last request would have each request write it.
            models.Index("agent", condition=Q(ended_at=None), name="session_open_of_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} #{self.pk}"


class Role(models.TextChoices):
    """What a program may do: submit interactions, or read reporting events."""

    MEDIA_SERVER = "media_server"
    REPORTING_ENGINE = "reporting_engine"


class Service(models.Model):
    """A program with a token of its own, issued by `manage.py issue_token`."""

    name = models.CharField(max_length=100, unique=True)
    role = models.CharField(max_length=20, choices=Role)
    token_hash = models.BinaryField(max_length=32, unique=True, null=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
