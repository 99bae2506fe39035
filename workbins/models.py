"""Workbins: queues with an owner. A workbin's id is its private queue's id."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from interactions.models import Agent, AgentGroup, Place, PlaceGroup, Queue


class OwnerKind(models.TextChoices):
    AGENT = "agent"
    AGENT_GROUP = "agent_group"
    PLACE = "place"
    PLACE_GROUP = "place_group"


class WorkbinType(models.Model):
    """Every owner of its kind has one workbin of this type."""

    name = models.CharField(max_length=100, unique=True)
    display_name = models.CharField(max_length=200, blank=True)
    owner_kind = models.CharField(max_length=20, choices=OwnerKind)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.display_name or self.name


def owner_is(kind: str) -> Q:
    others = {other: None for other in OwnerKind.values if other != kind}
    return Q(**{f"{kind}__isnull": False}, **others)


class Workbin(models.Model):
    queue = models.OneToOneField(Queue, on_delete=models.PROTECT, primary_key=True)
    type = models.ForeignKey(WorkbinType, on_delete=models.PROTECT, related_name="workbins")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="workbins")
    agent_group = models.ForeignKey(AgentGroup, on_delete=models.PROTECT, null=True, related_name="workbins")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="workbins")
    place_group = models.ForeignKey(PlaceGroup, on_delete=models.PROTECT, null=True, related_name="workbins")

    class Meta:
        ordering = ["type", "queue"]
        constraints = [
            models.CheckConstraint(
                condition=owner_is("agent")
                | owner_is("agent_group")
                | owner_is("place")
                | owner_is("place_group"),
                name="workbin_has_one_owner",
            ),
            *(
                models.UniqueConstraint("type", kind, condition=owner_is(kind), name=f"workbin_of_{kind}")
                for kind in OwnerKind.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} of {self.owner}"

    @property
    def owner(self) -> Agent | AgentGroup | Place | PlaceGroup:
        owner = self.agent or self.agent_group or self.place or self.place_group
        assert owner is not None, "workbin_has_one_owner"
        return owner


class Subscription(models.Model):
    """An agent wants to hear of a workbin's changes, from one place in the mailbox on."""

    workbin = models.ForeignKey(
        Workbin, on_delete=models.CASCADE, related_name="subscriptions", db_index=False
    )
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="subscriptions")
    after_message = models.BigIntegerField(
        help_text="Changes up to this message came before the subscription."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("workbin", "agent", name="subscription_once")]

    def __str__(self) -> str:
        return f"{self.agent} to {self.workbin}"
