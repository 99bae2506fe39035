"""Several faults at once: which of them a caller is told of.

404, then the party: held under the id sent, under another, stopped, not held. Of a pull: a pause, then the
capacity, then what is available.
"""

from collections.abc import Callable
from typing import Any

import pytest

from interactions.models import Agent, Interaction, Party, Queue
from tests import cast
from tests.applications import Desk, Json, Log, Reply
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

Ask = Callable[[Desk, int, int], Reply]
SALES = "sales"


def stop(desk: Desk, interaction: int, party: int) -> Reply:
    return desk.stop(interaction, party=party)


def change(desk: Desk, interaction: int, party: int) -> Reply:
    return desk.change(interaction, party=party, external_id="taken", priority=1)  # a fault of its own


def place(desk: Desk, interaction: int, party: int) -> Reply:
    return desk.post(f"interactions/{interaction}/place-in-queue", party=party)


def keep(desk: Desk, interaction: int, party: int) -> Reply:
    drafts = cast.drafts_of(desk.name)
    return desk.post(f"interactions/{interaction}/place-in-workbin", party=party, workbin=drafts)


COMMANDS = pytest.mark.parametrize("ask", [stop, change, place, keep])


@pytest.fixture
def unseen(alice: Desk) -> Json:
    """A stopped interaction out of alice's sight, that was bob's."""
    cast.queue(SALES, "sales-team")
    cast.agent("bob", "sales-team")
    bob = cast.log_in("bob")
    cast.fill(1, SALES, external_id="taken")
    party = bob.take(SALES)
    bob.stop_held(party).ok()
    return party


@COMMANDS
def test_what_is_not_visible_comes_before_all(alice: Desk, unseen: Json, log: Log, ask: Ask) -> None:
    log.skip()
    ask(alice, unseen["interaction"], unseen["id"]).refused(404, "not_found")
    ask(alice, 999_999, unseen["id"]).refused(404, "not_found")
    assert log.new() == []


@COMMANDS
def test_a_stale_party_comes_before_how_it_ended(alice: Desk, unseen: Json, log: Log, ask: Ask) -> None:
    """The party sent was placed, and the caller holds it again: not `placed`."""
    [interaction] = cast.fill(1)
    first = alice.take()
    alice.place_in_queue(first).ok()
    second = alice.take()
    log.skip()
    for wrong in (first["id"], unseen["id"], 999_999):
        ask(alice, interaction, wrong).refused(409, "stale_party")
    assert log.new() == []
    assert [held["id"] for held in alice.parties()] == [second["id"]]


@COMMANDS
def test_stopped_comes_before_how_it_ended(alice: Desk, lena: Desk, unseen: Json, ask: Ask) -> None:
    """The hold was revoked, and the interaction is stopped since: not `revoked`."""
    [interaction] = cast.fill(1)
    party = alice.take()
    lena.revoke(interaction).ok()
    assert ask(alice, interaction, party["id"]).refused(409, "not_held")["reason"] == "revoked"  # the twin
    lena.stop(interaction).ok()
    for sent in (party["id"], 999_999):
        ask(alice, interaction, sent).refused(409, "stopped")


@COMMANDS
def test_how_it_ended_comes_before_who_has_it(alice: Desk, lena: Desk, unseen: Json, ask: Ask) -> None:
    [interaction] = cast.fill(1)
    party = alice.take()
    lena.revoke(interaction).ok()
    others = lena.take()
    assert ask(alice, interaction, party["id"]).refused(409, "not_held")["reason"] == "revoked"
    for sent in (others["id"], 999_999):
        assert ask(alice, interaction, sent).refused(409, "not_held")["reason"] == "held_by_other"


@COMMANDS
def test_the_party_comes_before_faults_of_the_change(alice: Desk, unseen: Json, ask: Ask) -> None:
    """With the right party the request goes on, to its own fault if it has one."""
    [interaction] = cast.fill(1)
    party = alice.take()
    ask(alice, interaction, 999_999).refused(409, "stale_party")
    reply = ask(alice, interaction, party["id"])
    if ask is change:
        reply.refused(409, "external_id_taken")
    else:
        reply.ok()


@COMMANDS
@pytest.mark.parametrize("who", ["bob", "lena", "root"])
def test_a_party_of_another_helps_nobody(
    *, request: pytest.FixtureRequest, alice: Desk, unseen: Json, log: Log, ask: Ask, who: str
) -> None:
    """Nor a supervisor or an admin, who may do without: whoever sends a party must hold it."""
    if who == "bob":
        Agent.objects.get(user__username="bob").groups.add(cast.group(cast.TEAM))
    boss: Desk = cast.log_in("bob") if who == "bob" else request.getfixturevalue(who)
    [interaction] = cast.fill(1)
    party = alice.take()
    log.skip()
    assert ask(boss, interaction, party["id"]).refused(409, "not_held")["reason"] == "held_by_other"
    assert log.new() == []
    assert [held["id"] for held in alice.parties()] == [party["id"]]


# --- Pulls ------------------------------------------------------------------------------------------


def test_a_pull_from_a_queue(alice: Desk, log: Log) -> None:
    """Not there, paused, full, nothing to be had: one after the other."""
    queue = cast.queue(SALES, "sales-team", is_paused=True)
    me = Agent.objects.get(user__username="alice")
    Agent.objects.update(capacity=0)
    path = f"queues/{SALES}/pull"
    log.skip()
    alice.post(path).refused(404, "not_found")
    me.groups.add(cast.group("sales-team"))
    alice.post(path).refused(409, "queue_paused")
    Queue.objects.filter(pk=queue.pk).update(is_paused=False)
    alice.post(path).refused(409, "capacity_reached")  # although there is nothing
    Agent.objects.update(capacity=1)
    assert alice.post(path).ok()["interactions"] == []
    assert log.new() == []


def test_a_pull_by_ids(alice: Desk, lena: Desk, unseen: Json, log: Log) -> None:
    drafts = cast.drafts_of("alice")
    held, stopped, free = cast.fill(3, drafts)
    [elsewhere] = cast.fill(1)
    lena.post(f"workbins/{drafts}/pull", interactions=[held]).ok()
    lena.stop(stopped).ok()
    Agent.objects.filter(user__username="alice").update(capacity=3)
    log.skip()

    def pull(*ids: int, workbin: int = drafts) -> Reply:
        return alice.post(f"workbins/{workbin}/pull", interactions=list(ids))

    everything = [held, stopped, free, elsewhere]
    pull(*everything, workbin=cast.drafts_of("bob")).refused(404, "not_found")
    pull(*everything, unseen["interaction"]).refused(404, "not_found")
    pull(*everything).refused(409, "capacity_reached")
    Agent.objects.filter(user__username="alice").update(capacity=4)
    refused = pull(*everything[::-1]).refused(409, "not_available")
    assert sorted(refused["interactions"], key=lambda one: one["id"]) == [
        {"id": held, "why": "held"},
        {"id": stopped, "why": "stopped"},
        {"id": elsewhere, "why": "elsewhere"},
    ]
    assert log.new() == []
    assert alice.parties() == []
    assert [one["id"] for one in pull(free).ok()["interactions"]] == [free]  # the twin


def test_a_refused_pull_by_ids_ends_what_is_overdue(alice: Desk, lena: Desk, log: Log) -> None:
    """Also when it is refused for the capacity. Then nothing is handed out."""
    drafts = cast.drafts_of("alice")
    overdue, free = cast.fill(2, drafts)
    lena.post(f"workbins/{drafts}/pull", interactions=[overdue]).ok()
    make_overdue(overdue)
    Agent.objects.filter(user__username="alice").update(capacity=1)
    log.skip()
    alice.post(f"workbins/{drafts}/pull", interactions=[overdue, free]).refused(409, "capacity_reached")
    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @workbin",
        "EventRevoked Revoke Expired by timer @workbin",
    ]
    assert [(one["event"], one["reason"]) for one in lena.mail()] == [("EventRevoked", "Expired")]
    assert set(Interaction.objects.values_list("state", flat=True)) == {"queued"}


@pytest.mark.parametrize("given", [{"interactions": True}, {"count": 2}])
def test_of_an_agents_own_overdue_hold(alice: Desk, given: dict[str, Any]) -> None:
    """It takes no room, and may be pulled again."""
    drafts = cast.drafts_of("alice")
    overdue, free = cast.fill(2, drafts)
    alice.post(f"workbins/{drafts}/pull", interactions=[overdue]).ok()
    make_overdue(overdue)
    Agent.objects.update(capacity=2)
    body = {"interactions": [free, overdue]} if "interactions" in given else given
    pulled = alice.post(f"workbins/{drafts}/pull", **body).ok()["interactions"]
    assert sorted(one["id"] for one in pulled) == [overdue, free]
    assert Party.objects.filter(ended_at=None).count() == 2
