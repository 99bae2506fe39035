"""The reporting log page by page, and with filters."""

import pytest

from interactions.models import Agent, AgentMessage
from tests import cast
from tests.applications import Application, Desk, Json, Log

pytestmark = pytest.mark.django_db(transaction=True)


def test_page_by_page(alice: Desk, log: Log, gateway: Application) -> None:
    cast.fill(30)
    everything = log.new()
    cursor: dict[str, str] = {}
    seen: list[Json] = []
    while page := gateway_page(log.reader, cursor):
        seen += page
    assert [event["id"] for event in seen] == [event["id"] for event in everything]


def gateway_page(reader: Application, cursor: dict[str, str]) -> list[Json]:
    found = reader.get("reporting/events", limit=7, **cursor).ok()
    cursor["after"] = found["cursor"]
    return found["events"]


def test_a_filter_moves_the_cursor_on(log: Log) -> None:
    """What does not match is not looked at again."""
    cast.fill(3)
    query = {"event": "EventPlacedInQueue", "limit": 2}
    first = log.reader.get("reporting/events", **query).ok()
    second = log.reader.get("reporting/events", **query, after=first["cursor"]).ok()
    third = log.reader.get("reporting/events", **query, after=second["cursor"]).ok()
    assert [len(page["events"]) for page in (first, second, third)] == [2, 1, 0]
    cast.fill(1)
    assert len(log.reader.get("reporting/events", **query, after=third["cursor"]).ok()["events"]) == 1


def test_all_sessions_read_the_same(alice: Desk, lena: Desk) -> None:
    second = cast.log_in("alice")
    cast.fill(2)
    for party in [one["party"] for one in alice.pull(count=2)]:
        lena.revoke(party["interaction"]).ok()
    assert alice.mail() == second.mail()
    assert AgentMessage.objects.filter(agent=Agent.objects.get(employee_id="A1")).count() == 2
