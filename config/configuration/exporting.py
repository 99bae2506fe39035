"""The present configuration in the form that apply reads, without passwords."""

from typing import Any

from interactions.models import Agent, AgentGroup, MediaType, Place, PlaceGroup, Queue, Service
from workbins.models import WorkbinType


def export() -> dict[str, list[Any]]:
    queues = Queue.objects.filter(is_private=False).select_related("parking_queue")
    agents = Agent.objects.select_related("user").prefetch_related("groups")
    return {
        "media_types": list(MediaType.objects.values("name", "handling_timeout")),
        "agent_groups": list(AgentGroup.objects.values_list("name", flat=True)),
        "place_groups": list(PlaceGroup.objects.values_list("name", flat=True)),
        "places": [
            {"name": place.name, "groups": _names(place.groups)}
            for place in Place.objects.prefetch_related("groups")
        ],
        "agents": [_agent(agent) for agent in agents if not agent.is_supervisor],
        "supervisors": [_agent(agent) for agent in agents if agent.is_supervisor],
        "queues": [_queue(queue) for queue in queues.prefetch_related("agent_groups")],
        "workbin_types": list(WorkbinType.objects.values("name", "display_name", "owner_kind")),
        "services": list(Service.objects.values("name", "role")),
    }


def _names(groups: Any) -> list[str]:
    return [group.name for group in groups.all()]


def _agent(agent: Agent) -> dict[str, Any]:
    return {
        "username": agent.user.get_username(),
        "employee_id": agent.employee_id,
        "groups": _names(agent.groups),
        "capacity": agent.capacity,
    }


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "name": queue.name,
        "description": queue.description,
        "position": queue.position,
        "is_paused": queue.is_paused,
        "agent_groups": _names(queue.agent_groups),
        "handling_timeout": queue.handling_timeout,
        "max_handling_time": queue.max_handling_time,
        "max_revocations": queue.max_revocations,
        "parking_queue": queue.parking_queue.name if queue.parking_queue else None,
    }
