"""A right that is withdrawn while somebody waits to use it."""

from collections.abc import Callable

import pytest

from interactions import lines
from interactions.models import Agent
from tests import cast
from tests.applications import Application, Log, Reply
from tests.audit import audit
from tests.crowd import another_connection, crowd, until_waiting
from tests.races.stage import PULLED, REVOKED, Stage
from tests.racing import log_held
from workbins.models import Subscription

pytestmark = pytest.mark.django_db(transaction=True)


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


# --- To pull ----------------------------------------------------------------------------------------------


def test_the_loss_of_right_before_a_pull_by_id(held: Stage, log: Log) -> None:
    """Allowed when it came, and not when the one it waited for had let go."""
    log.skip()
    assert pull_amid_a_revocation(held).refused(404, "not_found")
    assert log.brief() == REVOKED
    audit()


def test_looked_at_before_the_wait_alone_it_would_be_taken(
    held: Stage, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(lines, "require_still", lambda *asked: None)
    log.skip()
    pull_amid_a_revocation(held).ok()
    assert log.brief() == REVOKED + PULLED


def pull_amid_a_revocation(held: Stage) -> Reply:
    """Bob's, who waits for lena and loses the right meanwhile."""
    with log_held() as gate, crowd() as people:
        revoking = people.start(lambda: held.lena.revoke(held.interaction))
        gate.until_kept()
        pulling = people.start(lambda: held.pull_it(held.bob))
        gate.until_waiting()
        lose_the_right("bob")
        gate.let_go()
        revoking().ok()
        return pulling()


PULLS: dict[str, Callable[[Stage], Reply]] = {
    "by id": lambda s: s.pull_it(s.alice),
    "in the order of a workbin": lambda s: s.pull_next(s.alice),
    "from a queue": lambda s: s.alice.post(f"queues/{cast.SUPPORT}/pull"),
    "from all queues": lambda s: s.alice.post("pull-next"),
    "by submitting": lambda s: s.alice.submit(),
}


def act_behind_another(act: Callable[[], Reply]) -> Reply:
    """Another request of the agent's has her row; she loses the right before it lets go."""
    with another_connection() as gate, crowd() as people:
        gate.execute("SELECT FROM interactions_agent FOR UPDATE")
        acting = people.start(act)
        until_waiting()
        lose_the_right("alice")
        gate.commit()
        return acting()


@pytest.mark.parametrize("how", PULLS)
def test_the_loss_of_right_before_the_turn_of_a_pull(stage: Stage, log: Log, how: str) -> None:
    cast.fill(1)
    log.skip()
    reply = act_behind_another(lambda: PULLS[how](stage))
    if how == "from all queues":
        assert reply.ok()["interactions"] == []
    else:
        reply.refused(404, "not_found")
    assert log.brief() == []


def test_a_right_read_while_waiting_is_one_of_before(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a statement that waits for the agent's row sees what was when it began."""
    monkeypatch.setattr(lines, "_LOCK_ONE", lines._LOCK_ONE.replace("SKIP LOCKED", ""))
    [there] = cast.fill(1)
    reply = act_behind_another(lambda: PULLS["from a queue"](stage))
    assert [one["id"] for one in reply.ok()["interactions"]] == [there]
