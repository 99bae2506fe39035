"""The rule of who may watch a workbin, written for many callers at once, is that of who sees it."""

import pytest

from interactions import sessions
from interactions.callers import AgentCaller
from interactions.models import Place
from interactions.sql import run
from tests import cast
from tests.applications import Desk
from workbins.access import visible_workbins
from workbins.models import Subscription, Workbin
from workbins.subscriptions import watched_queues

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(alice: Desk, bob: Desk, lena: Desk, root: Desk) -> list[AgentCaller]:
    """All kinds of owners, and callers who see some, none or all of what they have; all watch all."""
    cast.place("desk-17", "floor-2")
    cast.place("desk-18")
    cast.agent("olaf", "sales-team")
    cast.agent("nina")
    cast.agent("otto", is_supervisor=True)
    for name in ("alice", "bob", "olaf", "nina"):
        cast.drafts_of(name)
    cast.workbin_of(cast.group("sales-team"), "agent_group")
    for desk in Place.objects.all():
        cast.workbin_of(desk, "place")
    cast.workbin_of(Place.objects.get(name="desk-17").groups.get(), "place_group")
    desks = [alice, bob, lena, root, *(cast.log_in(name) for name in ("olaf", "nina", "otto"))]
    desks += [cast.log_in("alice", place="desk-17"), cast.log_in("nina", place="desk-18")]
    run(
        """INSERT INTO workbins_subscription (workbin_id, agent_id, after_message)
           SELECT w.queue_id, a.id, w.queue_id + a.id FROM workbins_workbin w, interactions_agent a"""
    )
    callers = [sessions.identify(desk.token, resets=False) for desk in desks]
    return [caller for caller in callers if isinstance(caller, AgentCaller)]


def test_who_watches_is_who_sees(people: list[AgentCaller]) -> None:
    watched = watched_queues(people)
    for caller, queues in zip(people, watched, strict=True):
        assert set(queues) == set(visible_workbins(caller).values_list("pk", flat=True)), caller.username
        assert all(since == queue + caller.agent_id for queue, since in queues.items())
    assert len({frozenset(queues) for queues in watched}) == len(people)  # no two see the same
    assert [len(queues) == Workbin.objects.count() for queues in watched] == [who.is_admin for who in people]


def test_who_watches_nothing(people: list[AgentCaller]) -> None:
    Subscription.objects.exclude(agent__user__username="olaf").delete()
    assert [bool(queues) for queues in watched_queues(people)] == [c.username == "olaf" for c in people]
