"""The admin's stage: a small floor, and how an operator works on it."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from interactions import lifecycle, sessions
from interactions.callers import AgentCaller, ServiceCaller
from interactions.lifecycle import Submission
from interactions.models import Agent, AgentGroup, Interaction, MediaType, Place, PlaceGroup, Queue, Service
from interactions.models.directory import Role
from reporting.alarms.evaluation import evaluate
from reporting.models import AlarmRule, Event, ServiceLevel
from workbins.models import WorkbinType

# A command is a transaction of its own and fails inside another, so these are not wrapped in one.
commits = pytest.mark.django_db(transaction=True)

CORE = "/admin/interactions"
LOOKED_AT = [
    "interactions/interaction",
    "interactions/party",
    "interactions/session",
    "reporting/event",
    "reporting/alarm",
    "reporting/delivery",
    "reporting/auditrun",
]
LOGS = ["admin/logentry"]  # has no page of a row

ADMINISTERED = [
    "interactions/queue",
    "interactions/mediatype",
    "interactions/agent",
    "interactions/agentgroup",
    "interactions/place",
    "interactions/placegroup",
    "interactions/service",
    "workbins/workbintype",
    "reporting/alarmrule",
    "reporting/servicelevel",
    "reporting/webhook",
    "auth/user",
]
LISTS = [*LOOKED_AT, *LOGS, "workbins/workbin", *ADMINISTERED]


@dataclass
class Floor:
    queue: Queue
    other: Queue
    media: MediaType
    group: AgentGroup
    gateway: ServiceCaller
    alice: AgentCaller
    bob: AgentCaller

    def submit(self, count: int = 1, **given: Any) -> list[int]:
        new = [Submission(location=self.queue, media_type=self.media, **given) for _ in range(count)]
        return [submitted.id for submitted in lifecycle.submit(self.gateway, new)]

    def pull(self, caller: AgentCaller, count: int = 1) -> list[Any]:
        return lifecycle.pull(caller, self.queue.name, count).rows


def raise_alarm(queue: Queue) -> None:
    """By a rule of its own, so it is told to each webhook. In the queue something must wait."""
    AlarmRule.objects.create(
        name=f"rule of {queue}", measure="waiting", queue=queue, threshold=0, for_seconds=0
    )
    ServiceLevel.objects.create(queue=queue)
    evaluate()


def make_agent(name: str, group: AgentGroup) -> Agent:
    agent = Agent.objects.create(user=User.objects.create_user(name, password=f"{name} knows"))
    agent.groups.add(group)
    return agent


def log_in(name: str) -> AgentCaller:
    return sessions.log_in(name, f"{name} knows", "desk").caller


def open_floor() -> Floor:
    group = AgentGroup.objects.create(name="email-team")
    queue, other = (Queue.objects.create(name=name) for name in ("email", "leads"))
    queue.agent_groups.add(group)
    for name in ("alice", "bob"):
        make_agent(name, group)
    service = Service.objects.create(name="gateway", role=Role.MEDIA_SERVER)
    Place.objects.create(name="desk-17").groups.add(PlaceGroup.objects.create(name="floor-2"))
    WorkbinType.objects.create(name="drafts", owner_kind="agent")
    return Floor(
        queue,
        other,
        MediaType.objects.create(name="email"),
        group,
        ServiceCaller(service.pk, service.name, Role.MEDIA_SERVER),
        log_in("alice"),
        log_in("bob"),
    )


def enter(client: Client, name: str, role: str) -> Client:
    user, _ = User.objects.get_or_create(username=name)
    user.is_staff = True
    user.save()
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def post(client: Client, path: str, **data: Any) -> str:
    response = client.post(path, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def run_action(client: Client, model: str, action: str, ids: list[int], **answers: Any) -> str:
    data = {"action": action, "_selected_action": ids, "confirmed": "yes", **answers}
    return post(client, f"{CORE}/{model}/", **data)


def state_of(id: int) -> str:
    return Interaction.objects.get(pk=id).state


def events_after(last: int) -> list[tuple[str, str | None]]:
    events = Event.objects.filter(pk__gt=last).order_by("pk")
    assert all(event.actor == {"kind": "admin", "name": "root"} for event in events)
    return [(event.event, event.reason) for event in events]


def last_event() -> int:
    event = Event.objects.order_by("-pk").first()
    return event.pk if event else 0
