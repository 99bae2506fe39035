"""What somebody may do at the admin site, and as whom the life cycle is asked: Django's permissions say so.

A superuser and who has `operate_interaction` may do all. A supervisor who has `supervise_interaction` may do
what the API lets supervisors do, to what it lets them see.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from interactions import access
from interactions.callers import AdminCaller, AgentCaller
from interactions.models import Agent

OPERATE = "interactions.operate_interaction"
SUPERVISE = "interactions.supervise_interaction"


def may_operate(request: HttpRequest) -> bool:
    return request.user.has_perm(OPERATE)


def may_supervise(request: HttpRequest) -> bool:
    return may_operate(request) or (request.user.has_perm(SUPERVISE) and _supervisor(request) is not None)


def caller_of(request: HttpRequest) -> AdminCaller | AgentCaller:
    """Whose rights count: where permissions are checked first, this gives none beyond them."""
    if not may_operate(request) and (agent := _supervisor(request)):
        return _without_session(agent, request)
    return AdminCaller(request.user.get_username())


def sees_only_own(request: HttpRequest, permission: str) -> AgentCaller | None:
    """The supervisor who has no permission to view all, and so sees what the own groups have."""
    if request.user.has_perm(permission) or not request.user.has_perm(SUPERVISE):
        return None
    agent = _supervisor(request)
    return _without_session(agent, request) if agent else None


def only_seen(
    request: HttpRequest, queryset: QuerySet[Any], permission: str, interaction: str
) -> QuerySet[Any]:
    """Of rows that lead to an interaction by this name, those that may be seen."""
    if supervisor := sees_only_own(request, permission):
        return queryset.filter(**{f"{interaction}__in": access.visible(supervisor).values("pk")})
    return queryset


def _supervisor(request: HttpRequest) -> Agent | None:
    agent: Any = getattr(request.user, "agent", None)  # kept by the user, once it was asked for
    return agent if agent and agent.is_supervisor else None


def _without_session(agent: Agent, request: HttpRequest) -> AgentCaller:
    now = datetime.now(UTC)
    name = request.user.get_username()
    return AgentCaller(
        *(0, "admin", now, now, agent.pk, name, agent.employee_id, agent.capacity),
        is_supervisor=True,
        is_admin=False,
        place_id=None,
        place=None,
    )
