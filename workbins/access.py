"""Whose workbins an agent may see and pull from."""

from django.db.models import Q, QuerySet

from interactions.access import colleagues, own_groups
from interactions.callers import AgentCaller, Caller, ServiceCaller
from interactions.errors import NotFound
from interactions.models import Place
from workbins.models import Workbin


def visible_workbins(caller: Caller) -> QuerySet[Workbin]:
    """The own, those of own groups, of the session's place and its groups; supervisors also those of
    the agents in their groups."""
    workbins = Workbin.objects.select_related("type", "queue")
    if caller.is_admin or isinstance(caller, ServiceCaller):
        return workbins
    assert isinstance(caller, AgentCaller)
    seen = Q(agent=caller.agent_id) | Q(agent_group__in=own_groups(caller))
    if caller.place_id is not None:
        groups = Place.groups.through.objects.filter(place_id=caller.place_id)
        seen |= Q(place=caller.place_id) | Q(place_group__in=groups.values("placegroup_id"))
    if caller.is_supervisor:
        seen |= Q(agent__in=colleagues(caller))
    return workbins.filter(seen)


# The same in SQL, of a workbin w and, for many at once, of callers who have it in columns.
SEES = """(
    who.is_admin
    OR w.agent_id = who.agent_id
    OR w.place_id = who.place_id
    OR EXISTS (
        SELECT FROM interactions_agent_groups own
        WHERE own.agent_id = who.agent_id AND own.agentgroup_id = w.agent_group_id
    )
    OR EXISTS (
        SELECT FROM interactions_place_groups own
        WHERE own.place_id = who.place_id AND own.placegroup_id = w.place_group_id
    )
    OR who.is_supervisor AND EXISTS (
        SELECT FROM interactions_agent_groups own JOIN interactions_agent_groups theirs USING (agentgroup_id)
        WHERE own.agent_id = who.agent_id AND theirs.agent_id = w.agent_id
    )
)"""


def private_queues_of_visible_workbins(caller: AgentCaller) -> Q:
    """The rule by which the core learns which private queues may be pulled from."""
    return Q(is_private=True, pk__in=visible_workbins(caller).values("queue_id"))


def visible_workbin(caller: Caller, workbin: int) -> Workbin:
    """Errors: NotFound."""
    found = visible_workbins(caller).filter(pk=workbin).first()
    if found is None:
        raise NotFound("There is no such workbin, or you may not see it.")
    return found
