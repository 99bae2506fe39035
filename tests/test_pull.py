"""Pull: order, media types, rights, capacity, a paused queue."""

import pytest

from interactions.models import Agent, Queue
from tests import cast
from tests.applications import Application, Desk, Json, Log
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


def ids(pulled: list[Json]) -> list[int]:
    return [one["id"] for one in pulled]


def test_high_priority_first_then_the_turn(alice: Desk) -> None:
    low, first, second = cast.fill(1, priority=-1), cast.fill(1), cast.fill(1)
    high = cast.fill(1, priority=1)
    assert ids(alice.pull(count=3)) == [*high, *first, *second]
    assert ids(alice.pull(count=3)) == low


def test_nothing_is_an_empty_list(alice: Desk, log: Log) -> None:
    log.skip()
    assert alice.pull() == []
    assert log.new() == []


def test_only_the_media_types_asked_for(alice: Desk, gateway: Application) -> None:
    for name in ("chat", "sms"):
        cast.media_type(name)
    made = {
        name: gateway.post("interactions", queue=cast.SUPPORT, media_type=name).ok(201)["interaction"]["id"]
        for name in ("email", "chat", "sms")
    }
    assert ids(alice.pull(media_types=["sms"])) == [made["sms"]]
    assert ids(alice.pull(count=5, media_types=["sms", "chat"])) == [made["chat"]]
    assert ids(alice.pull(count=5)) == [made["email"]]


def test_an_unknown_media_type(alice: Desk) -> None:
    cast.fill(1)
    refused = alice.post("queues/email-support/pull", media_types=["email", "telex"]).refused(400, "invalid")
    assert "telex" in refused["errors"]["media_types"][0]
    assert alice.parties() == []


@pytest.mark.parametrize("name", ["sales", "nowhere"])
def test_a_queue_of_others(alice: Desk, name: str) -> None:
    cast.queue("sales", "sales-team")
    cast.fill(1, "sales")
    alice.post(f"queues/{name}/pull").refused(404, "not_found")


def test_a_private_queue_has_no_name(alice: Desk, root: Desk) -> None:
    private = Queue.objects.get(pk=cast.drafts_of("alice")).name
    for desk in (alice, root):
        desk.post(f"queues/{private}/pull").refused(404, "not_found")
        assert [queue["name"] for queue in desk.get("queues").ok()["queues"]] == [cast.SUPPORT]


def test_an_admin_may_pull_from_all(root: Desk) -> None:
    cast.queue("sales", "sales-team")
    assert cast.fill(1, "sales") == ids(root.pull("sales"))


def test_a_paused_queue(alice: Desk, log: Log) -> None:
    cast.fill(1)
    Queue.objects.update(is_paused=True)
    log.skip()
    alice.post("queues/email-support/pull").refused(409, "queue_paused")
    assert log.new() == []


def test_capacity(alice: Desk, log: Log) -> None:
    """As many as fit; a refusal only when none does."""
    waiting = cast.fill(3)
    Agent.objects.update(capacity=2)
    assert ids(alice.pull(count=3)) == waiting[:2]
    log.skip()
    alice.post("queues/email-support/pull").refused(409, "capacity_reached")
    assert log.new() == []


def test_an_overdue_hold_takes_no_capacity(alice: Desk) -> None:
    first, second = cast.fill(2)
    Agent.objects.update(capacity=1)
    alice.take()
    make_overdue(first)
    assert ids(alice.pull()) == [second]


def test_a_pause_goes_before_capacity(alice: Desk) -> None:
    cast.fill(1)
    Agent.objects.update(capacity=0)
    Queue.objects.update(is_paused=True)
    alice.post("queues/email-support/pull").refused(409, "queue_paused")
