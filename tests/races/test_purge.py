"""What is looked at, or answered, while it is purged."""

from datetime import timedelta

import pytest

from interactions import housekeeping
from interactions.sql import run
from interactions.statements import locks
from tests import cast
from tests.applications import Application, Log
from tests.crowd import crowd
from tests.races.stage import Stage
from tests.racing import held_after_changing, race_past

pytestmark = pytest.mark.django_db(transaction=True)


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
