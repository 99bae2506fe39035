"""Where interactions wait, and for how long an agent may be quiet with one."""

from collections.abc import Collection

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from interactions.models.directory import AgentGroup

SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 1, 86_400  # seconds
PUBLIC_NAME = r"^[A-Za-z0-9._-]+$"


def span_field(help_text: str) -> models.PositiveIntegerField:
    """A span in seconds, or none to leave the choice to the next in line."""
    return models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(SHORTEST_TIMEOUT), MaxValueValidator(LONGEST_TIMEOUT)],
        help_text=help_text,
    )


def span_in_range(field: str) -> Q:
    return Q(**{field: None}) | Q(**{f"{field}__range": (SHORTEST_TIMEOUT, LONGEST_TIMEOUT)})


class MediaType(models.Model):
    name = models.CharField(max_length=100, unique=True)
    handling_timeout = span_field("Seconds an agent may be quiet; a queue's or interaction's own goes first.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=span_in_range("handling_timeout"), name="media_type_timeout_range"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Queue(models.Model):
    """A place in line. A private one belongs to a workbin, has no policies and is named by no client."""

    name = models.CharField(max_length=200, unique=True)
    description = models.CharField(max_length=500, blank=True)
    position = models.IntegerField(default=0, help_text="The order in which an agent's queues are served.")
    is_private = models.BooleanField(default=False, editable=False)
    is_paused = models.BooleanField(default=False, help_text="Takes placements, refuses pulls.")
    handling_timeout = span_field("Seconds an agent may be quiet before the interaction is revoked.")
    max_handling_time = span_field("Seconds after which a hold ends even if the agent is active.")
    max_revocations = models.PositiveIntegerField(
        null=True, blank=True, help_text="Expiries after which an interaction goes to the parking queue."
    )
    parking_queue = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"is_private": False},
    )
    agent_groups = models.ManyToManyField(
        AgentGroup, blank=True, related_name="queues", help_text="Whose agents may pull from it."
    )

    class Meta:
        ordering = ["position", "name"]
        permissions = [("pause_queue", "Can pause and resume queues")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_private=True) | Q(name__regex=PUBLIC_NAME), name="queue_public_name"
            ),
            models.CheckConstraint(condition=span_in_range("handling_timeout"), name="queue_timeout_range"),
            models.CheckConstraint(condition=span_in_range("max_handling_time"), name="queue_max_time_range"),
            models.CheckConstraint(
                condition=Q(is_private=False)
                | Q(
                    is_paused=False,
                    handling_timeout=None,
                    max_handling_time=None,
                    max_revocations=None,
                    parking_queue=None,
                ),
                name="queue_private_without_policies",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude)
        if not self.is_private:
            RegexValidator(PUBLIC_NAME, "A queue's name has letters, digits, '.', '_' and '-' only.")(
                self.name
            )
