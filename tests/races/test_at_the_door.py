"""For the last place of an agent, and on the way out."""

import pytest

from interactions.models import Agent, Party
from tests import cast
from tests.applications import Log, Reply
from tests.audit import audit
from tests.races.stage import LOGGED_OUT, PULLED, Stage
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


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
