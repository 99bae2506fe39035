"""A command against the deadline, and the timer that comes with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from interactions.models import Party
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Log, Reply
from tests.audit import audit
from tests.clock import make_overdue
from tests.crowd import another_connection, crowd, until_waiting
from tests.processes import until
from tests.races.stage import EXPIRED, PULLED, STOPPED, Stage
from tests.racing import held_after_changing, race, race_past

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 3  # seconds: what must come before the deadline does, also on a slow machine


def is_overdue() -> bool:
    return Party.objects.filter(ended_at=None, deadline_at__lte=Now()).exists()


def until_overdue() -> None:
    until(is_overdue, what="the deadline")


def quiet_for(seconds: float, **which: int) -> None:
    """These holds are due then."""
    Party.objects.filter(ended_at=None, **which).update(deadline_at=Now() + timedelta(seconds=seconds))


def test_expiry_before_a_stop(held: Stage, log: Log) -> None:
    make_overdue(held.interaction)
    log.skip()
    _, stop = race(revoke_due, lambda: held.alice.stop_held(held.party))
    assert stop.refused(409, "not_held")["reason"] == "expired"
    assert log.brief() == EXPIRED
    audit()


def test_a_stop_before_expiry(held: Stage, log: Log) -> None:
    """In time when it had the lock; the deadline passes before it commits. The timer goes round it."""
    Party.objects.update(handling_timeout=SOON)
    quiet_for(SOON - 0.1)  # the stop's own reset gives it a little more
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
    quiet_for(SOON)
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
    """The reset came in time, and waits for this hold until it is due: alice keeps the other alone."""
    [other] = cast.fill(1, held.team)
    held.alice.post(f"workbins/{held.team}/pull", interactions=[other]).ok()
    log.skip()
    with another_connection() as gate, crowd() as people:
        quiet_for(SOON, interaction=held.interaction)
        gate.execute("SELECT FROM interactions_party WHERE id = %s FOR UPDATE", [held.party["id"]])
        reset = people.start(held.alice.keep_alive)
        until_waiting()
        assert not is_overdue()
        until_overdue()
        revoke_due()
        assert log.brief() == []
        gate.commit()
        kept = reset().ok()["parties"]
    assert [one["interaction"] for one in kept] == [other]
    revoke_due()
    assert log.brief() == EXPIRED
    assert [(one["event"], one["interaction"]) for one in held.alice.mail()] == [
        ("EventRevoked", held.interaction)
    ]
    audit()
