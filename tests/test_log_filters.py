"""The log's filters: each by itself, two together, and what no reader may miss between two pages."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Json, Log
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def life(alice: Desk, bob: Desk, gateway: Application, log: Log) -> list[Json]:
    """All that was logged of two agents, a queue and a workbin."""
    drafts = cast.drafts_of("alice")
    first, second = cast.fill(2)
    cast.fill(1, drafts)
    alice.stop_held(alice.take()).ok()
    bob.take()
    make_overdue(second)
    revoke_due()
    alice.post(f"workbins/{drafts}/pull", count=1).ok()
    gateway.change(first, priority=1).refused(409, "stopped")
    bob.log_out().ok(204)
    return log.new()


def matching(log: Log, **filters: Any) -> list[Json]:
    return log.reader.get("reporting/events", limit=1000, **filters).ok()["events"]


@pytest.mark.parametrize("name", ["event", "interaction", "queue", "workbin", "agent"])
def test_by_what_it_names(life: list[Json], log: Log, name: str) -> None:
    """For every value there is: the events with it, in their order, and no others."""
    values = {event[name] for event in life} - {None}
    assert values
    for value in values:
        assert matching(log, **{name: value}) == [event for event in life if event[name] == value]
    nothing: Any = 999_999 if name in ("interaction", "workbin") else "nothing"
    assert matching(log, **{name: nothing}) == []


def test_by_time(life: list[Json], log: Log) -> None:
    """`from` is in, `to` is out."""
    at = life[len(life) // 2]["at"]
    moment = datetime.fromisoformat(at) + timedelta(microseconds=1)
    assert matching(log, **{"from": at}) == [event for event in life if event["at"] >= at]
    assert matching(log, to=at) == [event for event in life if event["at"] < at]
    found = matching(log, **{"from": at, "to": moment.isoformat()})
    assert found == [event for event in life if event["at"] == at]
    assert found


def test_together_and_page_by_page(life: list[Json], log: Log) -> None:
    alices = [event for event in life if event["agent"] == "alice" and event["queue"] == cast.SUPPORT]
    assert len(alices) == 4
    query, seen = {"agent": "alice", "queue": cast.SUPPORT, "limit": 3}, []
    while True:
        page = log.reader.get("reporting/events", **query).ok()
        if not page["events"]:
            break
        seen += page["events"]
        query["after"] = page["cursor"]
    assert seen == alices
    cast.fill(1)
    assert log.reader.get("reporting/events", **query).ok()["events"] == []
