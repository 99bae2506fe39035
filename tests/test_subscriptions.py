"""Who hears of a workbin's changes, from when on, and until when."""

from collections.abc import Callable

import pytest

from interactions import sessions
from interactions.callers import AgentCaller
from interactions.errors import NotAuthenticated
from interactions.models import Agent, Place
from interactions.signals import Actor
from tests import cast
from tests.applications import Application, Desk
from tests.clock import let_pass
from tests.crowd import another_connection
from workbins.models import Subscription, Workbin
from workbins.subscriptions import subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(alice: Desk) -> int:
    return cast.workbin_of(cast.group(cast.TEAM), "agent_group")


def changes(desk: Desk) -> list[tuple[str, int]]:
    return [
        (one["operation"], one["interaction"])
        for one in desk.mail()
        if one["event"] == "EventWorkbinContentChanged"
    ]


def test_every_change_of_what_waits(alice: Desk, lena: Desk, gateway: Application, shared: int) -> None:
    lena.subscribe(shared)
    a, b, c = cast.fill(3, shared)
    pulled = alice.post(f"workbins/{shared}/pull", interactions=[a, b]).ok()["interactions"]
    gateway.stop(c).ok()
    lena.revoke(a).ok()
    alice.place_in_workbin(pulled[1]["party"], shared).ok()
    assert changes(lena) == [
        ("Added", a),
        ("Added", b),
        ("Added", c),
        ("Removed", a),
        ("Removed", b),
        ("Removed", c),
        ("Returned", a),
        ("Added", b),
    ]
    assert changes(alice) == []  # the twin: not subscribed


def test_what_is_stopped_or_placed_in_hands_was_removed_before(alice: Desk, lena: Desk, shared: int) -> None:
    cast.fill(2, shared)
    pulled = alice.post(f"workbins/{shared}/pull", count=2).ok()["interactions"]
    lena.subscribe(shared)
    alice.stop_held(pulled[0]["party"]).ok()
    alice.place_in_queue(pulled[1]["party"], queue=cast.SUPPORT).ok()
    assert changes(lena) == []


def test_none_from_before(alice: Desk, shared: int) -> None:
    cast.fill(1, shared)
    alice.subscribe(shared)
    [after] = cast.fill(1, shared)
    assert changes(alice) == [("Added", after)]


def test_none_is_missed_that_was_on_its_way(alice: Desk, shared: int) -> None:
    """A change that commits after the subscription is heard of, though its number was drawn before."""
    with another_connection() as other:
        other.execute("SELECT pg_current_xact_id()")
        other.execute(
            """INSERT INTO interactions_agentmessage (at, event, watched_queue_id, body)
               VALUES (now(), 'EventWorkbinContentChanged', %s, '{"operation": "Added", "interaction": 1}')
            """,
            [shared],
        )
        alice.subscribe(shared)
        other.commit()
    assert changes(alice) == [("Added", 1)]


def test_twice_is_once(alice: Desk, shared: int) -> None:
    alice.subscribe(shared)
    [one] = cast.fill(1, shared)
    alice.subscribe(shared)  # which is no new beginning
    assert changes(alice) == [("Added", one)]


def test_cancelled(alice: Desk, shared: int) -> None:
    path = f"workbins/{shared}/subscription"
    alice.send("DELETE", path).refused(409, "not_subscribed")
    assert alice.send("PUT", path).ok() == {"event": "EventAck"}
    assert alice.send("DELETE", path).ok() == {"event": "EventAck"}
    cast.fill(1, shared)
    assert changes(alice) == []
    alice.send("DELETE", path).refused(409, "not_subscribed")


def test_it_ends_with_the_last_session(alice: Desk, shared: int) -> None:
    alice.subscribe(shared)
    second = cast.log_in("alice")
    alice.log_out().ok(204)
    [heard] = cast.fill(1, shared)
    assert changes(second) == [("Added", heard)]
    second.log_out().ok(204)
    cast.fill(1, shared)
    third = cast.log_in("alice")
    third.cursor = second.cursor
    assert changes(third) == []
    third.send("DELETE", f"workbins/{shared}/subscription").refused(409, "not_subscribed")


def test_none_after_the_last_session(alice: Desk, shared: int) -> None:
    """The request was let in; the log-out overtook it."""
    caller = sessions.identify(alice.token, resets=False)
    assert isinstance(caller, AgentCaller)
    alice.log_out()
    with pytest.raises(NotAuthenticated):
        subscribe(caller, Workbin.objects.get(pk=shared))
    assert not Subscription.objects.exists()


def test_a_right_that_is_withdrawn(alice: Desk, shared: int) -> None:
    """The right is checked when the change is read."""
    alice.subscribe(shared)
    team = cast.group(cast.TEAM)
    found = Agent.objects.get(user__username="alice")
    cast.fill(1, shared)
    found.groups.remove(team)
    assert changes(alice) == []
    found.groups.add(team)
    [heard] = cast.fill(1, shared)
    assert changes(alice) == [("Added", heard)]


def test_a_desk_has_it_while_somebody_sits_there(support: str) -> None:
    desk = cast.place("desk-17")
    workbin = cast.workbin_of(desk, "place")
    cast.agent("alice", cast.TEAM)
    at_desk, elsewhere = cast.log_in("alice", place="desk-17"), cast.log_in("alice")
    at_desk.subscribe(workbin)
    [one] = cast.fill(1, workbin)
    assert changes(at_desk) == [("Added", one)]
    assert changes(elsewhere) == []


def lose_the_flag(lena: Agent) -> None:
    lena.is_supervisor = False
    lena.save()


def lose_the_group(lena: Agent) -> None:
    lena.groups.clear()


def lose_the_agent(lena: Agent) -> None:
    Agent.objects.get(user__username="alice").groups.set([cast.group("night-team")])


@pytest.mark.parametrize("withdraw", [lose_the_flag, lose_the_group, lose_the_agent])
def test_a_supervisor_who_is_none_any_more(
    alice: Desk, lena: Desk, withdraw: Callable[[Agent], None]
) -> None:
    """Nothing is heard from then on, and the workbin is not there; its owner hears as before."""
    drafts = cast.drafts_of("alice")
    alice.subscribe(drafts)
    lena.subscribe(drafts)
    [first] = cast.fill(1, drafts)
    assert changes(lena) == [("Added", first)]

    withdraw(Agent.objects.get(user__username="lena"))

    [second] = cast.fill(1, drafts)
    alice.post(f"workbins/{drafts}/pull", interactions=[first]).ok()
    assert changes(lena) == []
    for method, path in [("GET", "content"), ("PUT", "subscription"), ("DELETE", "subscription")]:
        lena.send(method, f"workbins/{drafts}/{path}").refused(404, "not_found")
    lena.post(f"workbins/{drafts}/pull", count=1).refused(404, "not_found")
    assert changes(alice) == [("Added", first), ("Added", second), ("Removed", first)]


def test_a_floor_has_it_while_the_desk_stands_there(support: str) -> None:
    cast.place("desk-17", "floor-2")
    floor = Place.objects.get(name="desk-17").groups.get()
    workbin = cast.workbin_of(floor, "place_group")
    cast.agent("alice", cast.TEAM)
    alice = cast.log_in("alice", place="desk-17")
    alice.subscribe(workbin)
    [one] = cast.fill(1, workbin)
    assert changes(alice) == [("Added", one)]
    Place.objects.get(name="desk-17").groups.clear()
    cast.fill(1, workbin)
    assert changes(alice) == []
    alice.post(f"workbins/{workbin}/pull", interactions=[one]).refused(404, "not_found")


def test_it_is_kept_from_a_session_elsewhere(support: str) -> None:
    """Whoever sits at the desk pulls from it; what was pulled is the agent's, wherever the agent sits."""
    workbin = cast.workbin_of(cast.place("desk-17"), "place")
    [one, two] = cast.fill(2, workbin)
    cast.agent("alice", cast.TEAM)
    at_desk, elsewhere = cast.log_in("alice", place="desk-17"), cast.log_in("alice")
    for method, path in [("GET", "content"), ("PUT", "subscription"), ("DELETE", "subscription")]:
        elsewhere.send(method, f"workbins/{workbin}/{path}").refused(404, "not_found")
    elsewhere.post(f"workbins/{workbin}/pull", interactions=[one]).refused(404, "not_found")
    elsewhere.get(f"interactions/{one}").refused(404, "not_found")
    [pulled] = at_desk.post(f"workbins/{workbin}/pull", interactions=[one]).ok()["interactions"]
    elsewhere.place_in_workbin(pulled["party"], workbin).refused(404, "not_found")
    elsewhere.stop_held(pulled["party"]).ok()
    elsewhere.get(f"interactions/{two}").refused(404, "not_found")


@pytest.mark.parametrize("by", ["admin", "time"])
def test_it_ends_with_a_session_that_others_end(alice: Desk, bob: Desk, shared: int, by: str) -> None:
    alice.subscribe(shared)
    bob.subscribe(shared)
    if by == "admin":
        session = alice.get("sessions/current").ok()["session"]["id"]
        sessions.end_session(Actor("admin", "root"), session)
    else:
        let_pass(3500)
        bob.mail()
        let_pass(200)
        assert sessions.end_idle_sessions() == 1
    assert [one.agent.user.username for one in Subscription.objects.all()] == ["bob"]
    [one] = cast.fill(1, shared)
    back = cast.log_in("alice")
    back.cursor = alice.cursor
    assert changes(back) == []
    assert changes(bob) == [("Added", one)]


def test_a_service_cannot(gateway: Application, shared: int) -> None:
    gateway.send("PUT", f"workbins/{shared}/subscription").refused(403, "not_permitted")
