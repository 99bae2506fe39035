"""Who may see and do what. What a caller may not see does not exist for that caller (404)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from interactions.callers import AgentCaller, Caller, ServiceCaller
from interactions.errors import NotFound
from interactions.models import Agent, Interaction, Party, Queue
from interactions.models.directory import Role

Rule = Callable[[AgentCaller], Q]


def own_groups(caller: AgentCaller) -> QuerySet[Any]:
    return Agent.groups.through.objects.filter(agent_id=caller.agent_id).values("agentgroup_id")


def colleagues(caller: AgentCaller) -> QuerySet[Agent]:
    """The agents of a supervisor's groups."""
    return Agent.objects.filter(groups__in=own_groups(caller))


def _public_queues_of_own_groups(caller: AgentCaller) -> Q:
    queues = Queue.agent_groups.through.objects.filter(agentgroup_id__in=own_groups(caller))
    return Q(is_private=False, pk__in=queues.values("queue_id"))


# Rules say which queues a caller may pull from. Other apps add theirs for the private queues they own.
pull_rules: list[Rule] = [_public_queues_of_own_groups]


def pullable_queues(caller: AgentCaller) -> QuerySet[Queue]:
    if caller.is_admin:
        return Queue.objects.all()
    allowed = Q(pk__in=[])
    for rule in pull_rules:
        allowed |= rule(caller)
    return Queue.objects.filter(allowed)


def _held_by(**agent: Any) -> Exists:
    return Exists(Party.objects.filter(interaction=OuterRef("pk"), ended_at=None, **agent))


def _held_lately_by(caller: AgentCaller) -> Exists:
    since = Now() - settings.ENDED_PARTIES_KEPT
    return Exists(
        Party.objects.filter(interaction=OuterRef("pk"), agent_id=caller.agent_id, ended_at__gte=since)
    )


def supervised(caller: Caller) -> QuerySet[Interaction]:
    """What the caller may revoke, stop and change without holding it."""
    if caller.is_admin:
        return Interaction.objects.all()
    if not isinstance(caller, AgentCaller) or not caller.is_supervisor:
        return Interaction.objects.none()
    return Interaction.objects.filter(
        Q(queue__in=pullable_queues(caller)) | Q(_held_by(agent__in=colleagues(caller)))
    )


def visible(caller: Caller) -> QuerySet[Interaction]:
    if caller.is_admin or isinstance(caller, ServiceCaller):
        return Interaction.objects.all()
    assert isinstance(caller, AgentCaller)
    seen = (
        Q(queue__in=pullable_queues(caller)) | Q(_held_by(agent=caller.agent_id)) | Q(_held_lately_by(caller))
    )
    if caller.is_supervisor:
        seen |= Q(_held_by(agent__in=colleagues(caller)))
    return Interaction.objects.filter(seen)


@dataclass(slots=True)
class Sight:
    """What `visible` says of an agent, in ids: what stands in `queues`, what `holders` hold, and what
    `agent` held lately."""

    queues: list[int]
    holders: list[int]
    agent: int


def sight(caller: Caller) -> Sight | None:
    """None, if the caller sees all."""
    if caller.is_admin or isinstance(caller, ServiceCaller):
        return None
    assert isinstance(caller, AgentCaller)
    holders = {caller.agent_id}
    if caller.is_supervisor:
        holders.update(colleagues(caller).order_by().values_list("pk", flat=True))
    queues = pullable_queues(caller).order_by().values_list("pk", flat=True)
    return Sight(list(queues), sorted(holders), caller.agent_id)


def require_visible(caller: Caller, ids: Collection[int]) -> None:
    """Errors: NotFound, if any of the ids is no interaction the caller may see."""
    if visible(caller).filter(pk__in=ids).count() != len(set(ids)):
        raise NotFound


def is_supervised(caller: Caller, interaction: int) -> bool:
    return supervised(caller).filter(pk=interaction).exists()


def may_place_any(caller: Caller, interaction: int) -> bool:
    """May the caller place it without holding it?"""
    return caller.is_admin


def may_stop_or_change_any(caller: Caller, interaction: int) -> bool:
    """May the caller stop it, and change its properties, without holding it?"""
    if isinstance(caller, ServiceCaller):
        return caller.role == Role.MEDIA_SERVER
    return is_supervised(caller, interaction)


def public_queue(name: str) -> Queue:
    """Any public queue may be placed into. Errors: NotFound."""
    queue = Queue.objects.filter(name=name, is_private=False).first()
    if queue is None:
        raise no_queue(name)
    return queue


def no_queue(name: str) -> NotFound:
    return NotFound(f"There is no queue named {name!r}, or you may not see it.")
