"""One world for the whole table: who asks, and everything that may be asked about.

It is built once over the API, put by, and put back whenever a request has changed it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.auth.models import User

from interactions.models import Agent, AgentGroup, Place, PlaceGroup
from interactions.sql import run
from tests import cast
from tests.applications import SUPPORT, Application, Desk, Json
from workbins.models import Subscription

SALES, SALES_TEAM = "sales", "sales-team"
NOT_THERE = 999_999

AGENTS = {
    "stranger": "olaf",
    "agent": "alice",
    "member": "bob",
    "supervisor": "lena",
    "other supervisor": "sven",
    "admin": "root",
}
MEMBERS = ("stranger", "agent", "member")  # agents who have no rights over others
SEATS = {"alice": "desk-17", "bob": "desk-18", "sven": "desk-30"}


@dataclass
class World:
    """By the table's words: its columns, interactions by what became of them, workbins by owner."""

    callers: dict[str, Application]
    interactions: dict[str, int]
    parties: dict[str, int]  # the party an agent would send: of who holds it, or of who held it last
    workbins: dict[str, int]
    own: dict[str, int]  # a workbin of the caller's own

    def party(self, what: str) -> int:
        return self.parties.get(what, NOT_THERE)

    def workbin(self, owner: str | None, caller: str) -> int:
        """Without an owner, the caller's own; a service has none, and names the agent's."""
        if owner is None:
            return self.own.get(caller, self.workbins["of the agent"])
        return self.workbins.get(owner, NOT_THERE)


def build() -> World:
    cast.media_type()
    for username in ("alice", "bob", "olaf"):
        cast.agent(username, *([] if username == "olaf" else [cast.TEAM]))
    cast.agent("nina", SALES_TEAM)
    cast.agent("lena", cast.TEAM, is_supervisor=True)
    cast.agent("sven", SALES_TEAM, is_supervisor=True)
    cast.admin("root")  # who has no agent, until the first log-in
    User.objects.create_user("clerk", password=cast.PASSWORD)  # who never has
    cast.queue(SUPPORT, cast.TEAM)
    cast.queue(SALES, SALES_TEAM)
    for seat, floor in (("desk-17", "floor-2"), ("desk-18", "floor-2"), ("desk-30", "floor-3")):
        cast.place(seat, floor)
    callers: dict[str, Application] = {
        role: cast.log_in(name, **({"place": SEATS[name]} if name in SEATS else {}))
        for role, name in AGENTS.items()
    }
    callers["media server"] = cast.service("mail-gateway", cast.Role.MEDIA_SERVER)
    callers["reporting engine"] = cast.service("warehouse", cast.Role.REPORTING_ENGINE)
    callers["anonymous"] = Application("clerk", "")
    own = {role: cast.drafts_of(name) for role, name in AGENTS.items()}
    world = World(callers, {}, {}, _workbins(), own)
    _fill(world)
    for owner, workbin in world.workbins.items():
        if owner != "of the team":  # to all others everybody is subscribed, with or without the right
            for agent in Agent.objects.all():
                Subscription.objects.create(workbin_id=workbin, agent=agent, after_message=0)
    return world


def _workbins() -> dict[str, int]:
    return {
        "of the agent": cast.drafts_of("alice"),
        "of a foreign agent": cast.drafts_of("nina"),
        "of the team": cast.workbin_of(AgentGroup.objects.get(name=cast.TEAM), "agent_group"),
        "of another team": cast.workbin_of(AgentGroup.objects.get(name=SALES_TEAM), "agent_group"),
        "of the agent's place": cast.workbin_of(Place.objects.get(name="desk-17"), "place"),
        "of the agent's place group": cast.workbin_of(PlaceGroup.objects.get(name="floor-2"), "place_group"),
    }


def _fill(world: World) -> None:
    alice, bob, gateway = (world.callers[role] for role in ("agent", "member", "media server"))
    assert isinstance(alice, Desk) and isinstance(bob, Desk)
    nina = cast.log_in("nina")

    def holds(what: str, desk: Desk, queue: str = SUPPORT) -> Json:
        [world.interactions[what]] = cast.fill(1, queue)
        party = desk.take(queue)
        world.parties[what] = party["id"]
        return party

    holds("held by the agent", alice)
    holds("held by the member", bob)
    holds("held by a foreign agent", nina, SALES)
    with _lent(alice, SALES_TEAM), _lent(nina, cast.TEAM):
        holds("held by the agent, out of another team's queue", alice, SALES)
        holds("held by a foreign agent, out of the team's queue", nina)
    for when in ("today", "yesterday"):
        what = f"held by the agent {when}, waits in another team's queue"
        alice.place_in_queue(holds(what, alice), queue=SALES).ok()
    run(
        """UPDATE interactions_party SET joined_at = joined_at - span, last_reset_at = last_reset_at - span,
               deadline_at = deadline_at - span, warn_at = warn_at - span, ended_at = ended_at - span
           FROM (SELECT interval '25 hours' AS span) a_day WHERE id = %(party)s""",
        {"party": world.parties[what]},
    )
    for whose, queue in (("the team's", SUPPORT), ("another team's", SALES)):
        stopped, waiting = cast.fill(1, queue) + cast.fill(1, queue, external_id=f"<1@{queue}>")
        gateway.stop(stopped).ok()
        world.interactions |= {f"stopped in {whose} queue": stopped, f"waits in {whose} queue": waiting}
    for owner, workbin in world.workbins.items():
        [world.interactions[f"waits in the workbin {owner}"]] = cast.fill(1, workbin)
    world.interactions["not there"] = NOT_THERE


@contextmanager
def _lent(desk: Desk, group: str) -> Iterator[None]:
    """Of another group for a while; the right is withdrawn though the session lives on."""
    agent = Agent.objects.get(user__username=desk.name)
    agent.groups.add(cast.group(group))
    yield
    agent.groups.remove(cast.group(group))
