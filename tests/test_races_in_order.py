"""Races of two commands, in either order of winners: what comes of both, and what the log has of it.

| race | scenes |
|---|---|
| reset against expiry | below; the clock of a reset that waits: test_reset_race |
| stop against expiry | below; a stop that waits too long: test_races; often: test_races_at_random |
| pull against expiry | below: by id, which waits, and in order, which goes round |
| place against revoke by hand | below; often: test_races_at_random |
| two pulls of the same id | below; of several, in opposite order: test_races_at_random |
| two pulls at capacity | below; every other way to the last places: test_races |
| log-out against pull | below; often: test_races_at_random; against submit: test_races |
| properties against stop | below |
| purge against find | below |
| subscription against loss of right | below; against log-out: test_subscriptions |

The winner stands amid its transaction when the loser is seen waiting for it (tests.racing). What the races
would do without their locks: at the end, and in test_races_twins.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from interactions import housekeeping
from interactions.models import Agent, Party
from interactions.sql import run
from interactions.statements import locks
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Json, Log, Reply
from tests.audit import audit
from tests.clock import make_overdue
from tests.crowd import another_connection, crowd, until_waiting
from tests.processes import until
from tests.racing import held_after_changing, race, race_past, race_without_locks
from workbins.models import Subscription

pytestmark = pytest.mark.django_db(transaction=True)

EXPIRED = [
    "EventPartyRemoved Revoke Expired by timer @workbin",
    "EventRevoked Revoke Expired by timer @workbin",
]
REVOKED = [
    "EventPartyRemoved Revoke Revoked by agent @workbin",
    "EventRevoked Revoke Revoked by agent @workbin",
]
LOGGED_OUT = [
    "EventPartyRemoved Logout LoggedOut by agent @workbin",
    "EventAgentLogout Logout LoggedOut by agent",
]
PLACED = [
    "EventPartyRemoved PlaceInWorkbin Placed by agent @workbin",
    "EventPlacedInQueue PlaceInWorkbin by agent @workbin",
    "EventPlacedInWorkbin PlaceInWorkbin by agent @workbin",
]
STOPPED = [
    "EventPartyRemoved StopProcessing Stopped by agent @workbin",
    "EventProcessingStopped StopProcessing by agent @workbin",
]
CHANGED = ["EventPropertiesChanged ChangeProperties by agent @workbin"]
PULLED = [
    "EventTakenFromQueue Pull by agent @workbin",
    "EventTakenFromWorkbin Pull by agent @workbin",
    "EventPartyAdded Pull by agent @workbin",
]


@dataclass
class Stage:
    """One interaction in the team's workbin, where alice, bob and lena may pull it; alice may hold it."""

    alice: Desk
    bob: Desk
    lena: Desk
    team: int
    interaction: int
    party: Json = field(default_factory=dict)

    def pull_it(self, desk: Desk) -> Reply:
        return desk.post(f"workbins/{self.team}/pull", interactions=[self.interaction])

    def pull_next(self, desk: Desk) -> Reply:
        return desk.post(f"workbins/{self.team}/pull", count=1)


@pytest.fixture
def stage(alice: Desk, bob: Desk, lena: Desk) -> Stage:
    team = cast.workbin_of(cast.group(cast.TEAM), "agent_group")
    [interaction] = cast.fill(1, team)
    return Stage(alice, bob, lena, team, interaction)


@pytest.fixture
def held(stage: Stage) -> Stage:
    [pulled] = stage.pull_it(stage.alice).ok()["interactions"]
    stage.party = pulled["party"]
    return stage


def is_overdue() -> bool:
    return Party.objects.filter(ended_at=None, deadline_at__lte=Now()).exists()


def until_overdue() -> None:
    until(is_overdue, 1.5, "the deadline")


def quiet_for(seconds: float, **which: int) -> None:
    """These holds are due then."""
    Party.objects.filter(ended_at=None, **which).update(deadline_at=Now() + timedelta(seconds=seconds))


# --- Both can win: whoever is the first -----------------------------------------------------------------

ACTS: dict[str, Callable[[Stage], Reply]] = {
    "stop": lambda s: s.alice.stop_held(s.party, reason=None),
    "place": lambda s: s.alice.place_in_queue(s.party),
    "change": lambda s: s.alice.change_held(s.party, priority=7),
    "revoke": lambda s: s.lena.revoke(s.interaction),
    "bob pulls it": lambda s: s.pull_it(s.bob),
    "lena pulls it": lambda s: s.pull_it(s.lena),
    "log out": lambda s: s.alice.log_out(),
}


@dataclass
class Race:
    winner: str
    loser: str
    answer: tuple[Any, ...]  # the loser's: status, code, more of the problem document
    log: list[str]
    is_held: bool = True

    def __str__(self) -> str:
        return f"{self.winner} before {self.loser}"


HELD_BY_OTHER = {"interactions": [{"id": 0, "why": "held"}]}
RACES = [
    Race("place", "revoke", (200,), PLACED),
    Race("revoke", "place", (409, "not_held", {"reason": "revoked"}), REVOKED),
    Race("change", "stop", (200,), CHANGED + STOPPED),
    Race("stop", "change", (409, "stopped", {}), STOPPED),
    Race("bob pulls it", "lena pulls it", (409, "not_available", HELD_BY_OTHER), PULLED, is_held=False),
    Race("lena pulls it", "bob pulls it", (409, "not_available", HELD_BY_OTHER), PULLED, is_held=False),
    Race("place", "stop", (409, "not_held", {"reason": "placed"}), PLACED),
    Race("stop", "revoke", (409, "stopped", {}), STOPPED),
    Race("revoke", "stop", (409, "not_held", {"reason": "revoked"}), REVOKED),
    Race("revoke", "change", (409, "not_held", {"reason": "revoked"}), REVOKED),
    Race(
        "stop",
        "bob pulls it",
        (409, "not_available", {"interactions": [{"id": 0, "why": "stopped"}]}),
        STOPPED,
    ),
    Race("revoke", "bob pulls it", (200,), REVOKED + PULLED),
    Race("log out", "revoke", (200,), LOGGED_OUT),
    Race("log out", "bob pulls it", (200,), LOGGED_OUT + PULLED),
]


def check(reply: Reply, race: Race, interaction: int) -> None:
    status, *code = race.answer
    if not code:
        reply.ok(status)
        return
    [name, more] = code
    if "interactions" in more:
        more = {"interactions": [one | {"id": interaction} for one in more["interactions"]]}
    assert more.items() <= reply.refused(status, name).items()


@pytest.mark.parametrize("given", RACES, ids=str)
def test_two_commands(stage: Stage, log: Log, given: Race) -> None:
    if given.is_held:
        [pulled] = stage.pull_it(stage.alice).ok()["interactions"]
        stage.party = pulled["party"]
    log.skip()
    won, lost = race(lambda: ACTS[given.winner](stage), lambda: ACTS[given.loser](stage))
    won.ok(204 if given.winner == "log out" else 200)
    check(lost, given, stage.interaction)
    assert log.brief() == given.log
    assert Party.objects.filter(ended_at=None).count() == (given.log[-1] in PULLED)
    audit()


# --- Against expiry -------------------------------------------------------------------------------------


def test_expiry_before_a_stop(held: Stage, log: Log) -> None:
    make_overdue(held.interaction)
    log.skip()
    _, stop = race(revoke_due, lambda: held.alice.stop_held(held.party))
    assert stop.refused(409, "not_held")["reason"] == "expired"
    assert log.brief() == EXPIRED
    audit()


def test_a_stop_before_expiry(held: Stage, log: Log) -> None:
    """In time when it had the lock; the deadline passes before it commits. The timer goes round it."""
    Party.objects.update(handling_timeout=1)
    quiet_for(0.9)  # the stop's own reset gives it a second
    log.skip()
    stop, _ = race_past(lambda: held.alice.stop_held(held.party), revoke_due, until_overdue)
    stop.ok()
    revoke_due()
    assert log.brief() == STOPPED
    audit()


@pytest.mark.parametrize("answer", ["waits", "goes round"])
def test_expiry_before_a_pull(held: Stage, log: Log, answer: str) -> None:
    """By id it waits, and takes what has become free. In order it takes what is free now."""
    make_overdue(held.interaction)
    log.skip()
    if answer == "waits":
        _, pull = race(revoke_due, lambda: held.pull_it(held.bob))
        assert [one["id"] for one in pull.ok()["interactions"]] == [held.interaction]
        assert log.brief() == EXPIRED + PULLED
    else:
        _, pull = race_past(revoke_due, lambda: held.pull_next(held.bob))
        assert pull.ok()["interactions"] == []
        assert log.brief() == EXPIRED
    audit()


@pytest.mark.parametrize("how", [Stage.pull_it, Stage.pull_next])
def test_a_pull_before_expiry(held: Stage, log: Log, how: Callable[[Stage, Desk], Reply]) -> None:
    """It ends the overdue hold itself, and the timer goes round it: once, and not the new one."""
    make_overdue(held.interaction)
    log.skip()
    pull, _ = race_past(lambda: how(held, held.bob), revoke_due)
    assert [one["id"] for one in pull.ok()["interactions"]] == [held.interaction]
    revoke_due()
    assert log.brief() == EXPIRED + PULLED
    assert [(one["event"], one["reason"]) for one in held.alice.mail()] == [("EventRevoked", "Expired")]
    assert held.alice.stop_held(held.party).refused(409, "not_held")["reason"] == "expired"
    assert len(held.bob.parties()) == 1
    audit()


def test_a_pull_before_the_late_holder(held: Stage, log: Log) -> None:
    make_overdue(held.interaction)
    log.skip()
    pull, stop = race(lambda: held.pull_it(held.bob), lambda: held.alice.stop_held(held.party))
    pull.ok()
    assert stop.refused(409, "not_held")["reason"] == "expired"
    assert log.brief() == EXPIRED + PULLED
    audit()


def test_a_reset_before_expiry(held: Stage, log: Log) -> None:
    """It has read the clock in time and moved the hold; the old deadline passes before it commits."""
    log.skip()
    quiet_for(0.9)
    with held_after_changing("interactions_party") as gate, crowd() as people:
        reset = people.start(held.alice.keep_alive)
        gate.until_kept()
        until_overdue()
        revoke_due()
        pull = people.start(lambda: held.pull_it(held.bob))
        gate.until_waiting()
        gate.let_go()
        [kept] = reset().ok()["parties"]
        refused = pull().refused(409, "not_available")
    assert refused["interactions"] == [{"id": held.interaction, "why": "held"}]
    assert kept["id"] == held.party["id"] and not is_overdue()
    revoke_due()
    assert log.brief() == []
    audit()


def test_expiry_before_a_reset(held: Stage, log: Log) -> None:
    """The reset came in time, and waits for another hold of alice's when this one falls due."""
    [first] = held.alice.parties()
    [other] = cast.fill(1, held.team)
    held.alice.post(f"workbins/{held.team}/pull", interactions=[other]).ok()
    log.skip()
    with another_connection() as gate, crowd() as people:
        gate.execute("SELECT FROM interactions_party WHERE id = %s FOR UPDATE", [first["id"]])
        quiet_for(0.4, interaction=other)
        reset = people.start(held.alice.keep_alive)
        until_waiting()
        assert not is_overdue()
        until_overdue()
        revoke_due()
        gate.commit()
        kept = reset().ok()["parties"]
    assert [one["id"] for one in kept] == [first["id"]]
    assert log.brief() == EXPIRED
    assert [(one["event"], one["interaction"]) for one in held.alice.mail()] == [("EventRevoked", other)]
    audit()


# --- At capacity, and at the door -----------------------------------------------------------------------


@pytest.mark.parametrize("winner", [0, 1])
def test_two_pulls_at_capacity(stage: Stage, log: Log, winner: int) -> None:
    """Two windows of one agent, each asking for another one."""
    [second] = cast.fill(1, stage.team)
    Agent.objects.update(capacity=1)
    windows = [stage.alice, cast.log_in("alice")]
    wanted = [stage.interaction, second]
    log.skip()

    def pull(number: int) -> Reply:
        return windows[number].post(f"workbins/{stage.team}/pull", interactions=[wanted[number]])

    won, lost = race(lambda: pull(winner), lambda: pull(1 - winner))
    assert [one["id"] for one in won.ok()["interactions"]] == [wanted[winner]]
    lost.refused(409, "capacity_reached")
    assert log.brief() == PULLED
    assert len(stage.alice.parties()) == 1
    audit()


def test_a_log_out_before_a_pull(stage: Stage, log: Log) -> None:
    log.skip()
    log_out, pull = race(stage.alice.log_out, lambda: stage.pull_it(stage.alice))
    log_out.ok(204)
    assert pull.refused(401, "not_authenticated")["reason"] == "ended"
    assert log.brief() == LOGGED_OUT[1:]
    audit()


def test_a_pull_before_a_log_out(stage: Stage, log: Log) -> None:
    """The log-out ends the hold of which it knew nothing when it came."""
    log.skip()
    pull, log_out = race(lambda: stage.pull_it(stage.alice), stage.alice.log_out)
    assert [one["id"] for one in pull.ok()["interactions"]] == [stage.interaction]
    log_out.ok(204)
    assert log.brief() == PULLED + LOGGED_OUT
    assert not Party.objects.filter(ended_at=None).exists()
    audit()


# --- Purge against find ---------------------------------------------------------------------------------


@pytest.fixture
def stopped_long_ago(stage: Stage, gateway: Application) -> Stage:
    gateway.stop(stage.interaction).ok()
    run("UPDATE interactions_interaction SET completed_at = completed_at - interval '100 days'")
    return stage


def purge() -> int | None:
    return housekeeping.purge_stopped(locks.read_now() - timedelta(days=90))


def test_a_find_amid_a_purge(stopped_long_ago: Stage, gateway: Application, log: Log) -> None:
    """Until it commits all is there, and then nothing of what went; whoever turns the page misses none."""
    older = stopped_long_ago.interaction
    newer = cast.fill(2, stopped_long_ago.team)
    log.skip()
    first = gateway.get("interactions", limit=1).ok()
    with held_after_changing("interactions_interaction") as gate, crowd() as people:
        purging = people.start(purge)
        gate.until_kept()
        assert [one["id"] for one in gateway.get("interactions").ok()["results"]] == [*newer[::-1], older]
        assert gateway.look(older)["state"] == "stopped"
        gate.let_go()
        assert purging() == 1
    second = gateway.get("interactions", limit=1, cursor=first["next"]).ok()
    assert [one["id"] for one in (*first["results"], *second["results"])] == newer[::-1]
    gateway.get(f"interactions/{older}").refused(404, "not_found")
    assert gateway.get("interactions", thread=older).ok()["results"] == []
    assert log.brief() == []


def test_a_purge_before_an_answer_to_what_goes(
    stopped_long_ago: Stage, gateway: Application, log: Log
) -> None:
    """Found, and gone when it is to be the parent of another."""
    found = gateway.get("interactions", state="stopped").ok()["results"]
    log.skip()
    with held_after_changing("interactions_interaction") as gate, crowd() as people:
        purging = people.start(purge)
        gate.until_kept()
        answering = people.start(lambda: gateway.submit(parent=found[0]["id"]))
        gate.until_waiting()
        gate.let_go()
        assert purging() == 1
        assert list(answering().refused(400, "invalid")["errors"]) == ["parent"]
    assert log.brief() == []


def test_an_answer_before_a_purge_of_what_it_answers(
    stopped_long_ago: Stage, gateway: Application, log: Log
) -> None:
    """The purge goes round what somebody refers to, and takes it the next time."""
    log.skip()
    answer, gone = race_past(lambda: gateway.submit(parent=stopped_long_ago.interaction), purge)
    assert gone is None
    assert answer.ok(201)["interaction"]["parent"] == stopped_long_ago.interaction
    assert purge() == 1
    assert gateway.look(answer["interaction"]["id"])["parent"] is None
    assert [event.split()[0] for event in log.brief()] == ["EventInteractionSubmitted", "EventPlacedInQueue"]


# --- Subscription against loss of right -----------------------------------------------------------------


def lose_the_right(name: str) -> None:
    Agent.objects.get(user__username=name).groups.clear()


def test_the_loss_of_right_before_a_subscription(stage: Stage) -> None:
    """Allowed when it was asked, and not when it had its turn."""
    with another_connection() as gate, crowd() as people:
        gate.execute("SELECT FROM interactions_agent FOR UPDATE")
        subscribing = people.start(lambda: stage.alice.send("PUT", f"workbins/{stage.team}/subscription"))
        until_waiting()
        lose_the_right("alice")
        gate.commit()
        subscribing().refused(404, "not_found")
    assert not Subscription.objects.exists()


def test_a_subscription_before_the_loss_of_right(stage: Stage, gateway: Application) -> None:
    """It hears of what happens from then on as little as one that came too late."""
    stage.alice.subscribe(stage.team)
    stage.bob.subscribe(stage.team)
    with another_connection() as gate, crowd() as people:
        gate.execute("LOCK TABLE reporting_event IN SHARE MODE")
        stopping = people.start(lambda: gateway.stop(stage.interaction))
        until_waiting()
        lose_the_right("alice")
        gate.commit()
        stopping().ok()
    assert [one["operation"] for one in stage.bob.mail()] == ["Removed"]
    assert stage.alice.mail() == []


# --- Without the locks ----------------------------------------------------------------------------------


# Those that write at their end alone. The others are kept apart by what they write, as well as by locks.
WRITE_LATE = ("place", "stop", "revoke", "change")
WAITERS = [given for given in RACES if given.winner in WRITE_LATE[:2] and given.loser in WRITE_LATE]


@pytest.mark.parametrize("given", WAITERS, ids=str)
def test_without_the_locks_it_would_be_noticed(
    held: Stage, log: Log, given: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twins: nobody waits, both believe what they saw, and the log has more than it should."""
    looks = locks._LOCKED.replace("FOR NO KEY UPDATE OF p", "").replace("FOR NO KEY UPDATE", "")
    monkeypatch.setattr(locks, "_LOCKED", looks)
    log.skip()
    race_without_locks(lambda: ACTS[given.winner](held), lambda: ACTS[given.loser](held))
    assert log.brief() != given.log
