"""An agent's hold on an interaction."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from interactions.models.directory import Agent, Session
from interactions.models.interaction import Interaction


class Operation(models.TextChoices):
    """How the agent came to hold it."""

    PULL = "Pull"
    SUBMIT = "Submit"


class PartyEnd(models.TextChoices):
    """Why a hold ended. After the first four, the interaction waits again where it was."""

    EXPIRED = "Expired"
    REVOKED = "Revoked"
    LOGGED_OUT = "LoggedOut"
    SESSION_EXPIRED = "SessionExpired"
    PLACED = "Placed"
    STOPPED = "Stopped"


RETURNING_ENDS = frozenset(
    {PartyEnd.EXPIRED, PartyEnd.REVOKED, PartyEnd.LOGGED_OUT, PartyEnd.SESSION_EXPIRED}
)


class Party(models.Model):
    """Its id is the fencing token; a row is kept for a day after its end, so that a 409 can say why."""

    interaction = models.ForeignKey(
        Interaction, on_delete=models.PROTECT, related_name="parties", db_index=False
    )
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="parties", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+", db_index=False)
    operation = models.CharField(max_length=10, choices=Operation)
    joined_at = models.DateTimeField()
    handling_timeout = models.PositiveIntegerField(help_text="Seconds, as resolved when it was pulled.")
    expires_at = models.DateTimeField(null=True, help_text="No reset goes beyond it.")
    last_reset_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True, help_text="When EventDeadlineSoon is due; empty once sent.")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, choices=PartyEnd, null=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            # Nothing is held twice. Also finds the party of an interaction.
            models.UniqueConstraint(
                "interaction", condition=Q(ended_at=None), name="party_open_of_interaction"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason=None)
                | Q(ended_at__isnull=False, end_reason__isnull=False),
                name="party_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(deadline_at__lte=F("expires_at")), name="party_within_cap"
            ),
        ]
        indexes = [
            # A reset, GET parties and the capacity count. An agent's hold that ends first: reporting.now.
            models.Index(
                "agent", "deadline_at", condition=Q(ended_at=None), name="party_open_of_agent_first"
            ),
            # What is due: lifecycle.revoke_due, the reaper's slots and readyz.
            models.Index("deadline_at", condition=Q(ended_at=None), name="party_open_by_deadline"),
            # Who is to be warned: lifecycle.warn_due.
            models.Index(
                "warn_at", condition=Q(ended_at=None, warn_at__isnull=False), name="party_open_by_warning"
            ),
            # The purge of ended parties.
            models.Index("ended_at", condition=Q(ended_at__isnull=False), name="party_by_end"),
            # The foreign key's check when an interaction is purged. It has no more than the spans of ids that
            # lie in the same pages, so pulls and resets pay next to nothing for it.
            BrinIndex(
                fields=["interaction"],
                name="party_interaction",
                autosummarize=True,
                pages_per_range=32,
                opclasses=["int8_minmax_multi_ops"],
            ),
            # What an agent held within the last day is still visible to that agent: access.visible of one
            # interaction, finding.find of all.
            models.Index("agent", "interaction", condition=Q(ended_at__isnull=False), name="party_ended_of"),
        ]

    def __str__(self) -> str:
        return f"Party {self.pk}"
