"""Workbins follow from types and owners: each owner of a type's kind has one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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


_is_put_off: ContextVar[bool] = ContextVar("is_put_off", default=False)


@contextmanager
def put_off() -> Iterator[None]:
    """Provision once, at the end of the block, however many types and owners are saved in it."""
    outside = _is_put_off.set(True)
    try:
        yield
    finally:
        _is_put_off.reset(outside)
    provision_workbins()


@transaction.atomic
def provision_workbins() -> int:
    """Make the workbins that are missing. Returns how many."""
    if _is_put_off.get():
        return 0
    return sum(map(_provision, WorkbinType.objects.select_for_update()))


def _provision(type: WorkbinType) -> int:
    owners = list(_owners_without(type))
    names = (f"{type.name}/{type.owner_kind}/{owner.pk}" for owner in owners)  # no public name has a slash
    queues = Queue.objects.bulk_create(Queue(name=name, is_private=True) for name in names)
    Workbin.objects.bulk_create(
        Workbin(queue=queue, type=type, **{type.owner_kind: owner})
        for queue, owner in zip(queues, owners, strict=True)
    )
    return len(owners)


def _owners_without(type: WorkbinType) -> QuerySet[Model]:
    having = Workbin.objects.filter(type=type).exclude(**{type.owner_kind: None})
    owners = OWNERS[type.owner_kind]._default_manager
    return owners.exclude(pk__in=having.values(type.owner_kind)).order_by("pk")
