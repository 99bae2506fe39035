"""Workbins follow from types and owners: each owner of a type's kind has one."""

from django.db import transaction
from django.db.models import Model, QuerySet

from interactions.models import Agent, AgentGroup, Place, PlaceGroup, Queue
from workbins.models import OwnerKind, Workbin, WorkbinType

OWNERS: dict[str, type[Model]] = {
    OwnerKind.AGENT: Agent,
    OwnerKind.AGENT_GROUP: AgentGroup,
    OwnerKind.PLACE: Place,
    OwnerKind.PLACE_GROUP: PlaceGroup,
}


@transaction.atomic
def provision_workbins() -> int:
    """Make the workbins that are missing. Returns how many."""
    made = 0
    for type in WorkbinType.objects.select_for_update():
        for owner in _owners_without(type):
            name = f"{type.name}/{type.owner_kind}/{owner.pk}"  # no public queue's name has a slash
            queue = Queue.objects.create(name=name, is_private=True)
            Workbin.objects.create(queue=queue, type=type, **{type.owner_kind: owner})
            made += 1
    return made


def _owners_without(type: WorkbinType) -> QuerySet[Model]:
    having = Workbin.objects.filter(type=type).exclude(**{type.owner_kind: None})
    owners = OWNERS[type.owner_kind]._default_manager
    return owners.exclude(pk__in=having.values(type.owner_kind)).order_by("pk")
