"""The durable mailbox of Interaction Management events."""

from django.db import models
from django.db.models import Q

from interactions.models.directory import Agent
from interactions.models.queue import Queue


class AgentMessage(models.Model):
    """One event for one agent, or for whoever may watch a private queue when it is read.

    The second kind is fanned out on read: one row, however many watch.
    """

    at = models.DateTimeField()
    event = models.CharField(max_length=40)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    watched_queue = models.ForeignKey(
        Queue, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    body = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agent=None, watched_queue__isnull=False)
                | Q(agent__isnull=False, watched_queue=None),
                name="agent_message_has_one_address",
            )
        ]
        indexes = [
            # mailbox.read: an agent's own messages after a cursor.
            models.Index("agent", "id", condition=Q(agent__isnull=False), name="agent_message_of_agent"),
            # mailbox.read: the changes of the workbins the agent watches.
            models.Index(
                "watched_queue", "id", condition=Q(watched_queue__isnull=False), name="agent_message_of_queue"
            ),
            # The purge.
            models.Index("at", name="agent_message_at"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
