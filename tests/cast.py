"""The cast: alice and bob pull, lena supervises, mail-gateway submits, warehouse reads the log.

Factories for them and for what stands around them (queues, groups, desks) are plain functions that find
what is there already.
"""

from typing import Any

from django.contrib.auth.models import User

from interactions import lifecycle
from interactions.credentials import issue_token
from interactions.lifecycle import Submission
from interactions.models import Agent, AgentGroup, MediaType, Place, PlaceGroup, Queue, Service
from interactions.models.directory import Role
from interactions.signals import Actor
from tests.applications import SUPPORT, Application, Desk
from workbins.models import Workbin, WorkbinType

PASSWORD = "correct horse"
TEAM = "email-team"


# --- Who comes in ---------------------------------------------------------------------------------


def agent(username: str, *groups: str, **terms: Any) -> Agent:
    found = Agent.objects.filter(user__username=username).first()
    if found is None:
        found = Agent.objects.create(user=User.objects.create_user(username, password=PASSWORD), **terms)
        found.groups.set([group(name) for name in groups])
    return found


def admin(username: str) -> None:
    User.objects.create_superuser(username, password=PASSWORD)


def log_in(username: str, **given: Any) -> Desk:
    entered = Desk(username, "").post("sessions", username=username, password=PASSWORD, **given).ok(201)
    desk = Desk(username, entered["token"])
    desk.cursor = desk.get("events").ok()["cursor"]
    return desk


def service(name: str, role: Role) -> Application:
    Service.objects.get_or_create(name=name, defaults={"role": role})
    return Application(name, issue_token(name))


# --- What stands around ---------------------------------------------------------------------------


def group(name: str) -> AgentGroup:
    return AgentGroup.objects.get_or_create(name=name)[0]


def media_type(name: str = "email", **terms: Any) -> MediaType:
    return MediaType.objects.get_or_create(name=name, defaults=terms)[0]


def queue(name: str, *groups: str, **terms: Any) -> Queue:
    found, _ = Queue.objects.get_or_create(name=name, defaults=terms)
    found.agent_groups.add(*[group(of) for of in groups])
    return found


def place(name: str, *groups: str) -> Place:
    found, _ = Place.objects.get_or_create(name=name)
    found.groups.add(*[PlaceGroup.objects.get_or_create(name=of)[0] for of in groups])
    return found


def workbin_of(owner: Agent | AgentGroup | Place | PlaceGroup, kind: str) -> int:
    """The workbin of the type named as the owner's kind."""
    WorkbinType.objects.get_or_create(name=kind, defaults={"owner_kind": kind})
    return Workbin.objects.get(type__name=kind, **{kind: owner}).pk


def drafts_of(username: str) -> int:
    return workbin_of(Agent.objects.get(user__username=username), "agent")


def team_bin() -> int:
    return workbin_of(group(TEAM), "agent_group")


def fill(count: int, queue: str | int = SUPPORT, **terms: Any) -> list[int]:
    """Submit at once, without HTTP, for scenes that need many."""
    by = {"pk": queue} if isinstance(queue, int) else {"name": queue}
    submission = Submission(Queue.objects.get(**by), media_type(), **terms)
    submitted = lifecycle.submit(Actor("service", "mail-gateway"), [submission] * count)
    return [one.id for one in submitted]
