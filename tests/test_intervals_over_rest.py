"""GET reporting/queues, workbins, agents and server."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reporting.models import Event
from tests import cast
from tests.applications import Application, Desk, Json
from tests.test_intervals import a_day, count

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def day(alice: Desk, lena: Desk, gateway: Application) -> int:
    drafts = a_day(alice, lena, gateway)
    count()
    return drafts


def newest(warehouse: Application, what: str, **query: Any) -> list[Json]:
    """Of the last interval, one row for each key."""
    rows = warehouse.get(f"reporting/{what}", **query).ok()["rows"]
    return [row for row in rows if row["starts_at"] == rows[-1]["starts_at"]]


def test_a_queue(day: int, warehouse: Application) -> None:
    [row] = newest(warehouse, "queues", interval=86_400)
    waiting, handling, late = row.pop("waiting_seconds"), row.pop("handling_seconds"), row.pop("late_seconds")
    assert row.pop("held_seconds") >= 0
    assert row == {
        "starts_at": row["starts_at"],
        "queue": cast.SUPPORT,
        "entered": 7,
        "waiting_at_end": 5,
        "pulled": 4,
        "returned": {"Expired": 1, "Revoked": 1, "LoggedOut": 1, "SessionExpired": 0},
        "revoked": 2,
        "placed": 1,
        "stopped": 2,
        "held_at_end": 0,
    }
    assert (waiting["count"], handling["count"], late["count"]) == (4, 5, 1)
    assert waiting["p50"] <= waiting["p90"] <= waiting["max"] <= waiting["sum"]
    assert late["max"] >= 1


def test_a_workbin_an_agent_and_the_server(day: int, warehouse: Application) -> None:
    [workbin] = newest(warehouse, "workbins", interval=86_400)
    assert (workbin["workbin"], workbin["entered"], workbin["waiting_at_end"], workbin["stopped"]) == (
        day,
        2,
        1,
        1,
    )
    alice, lena = newest(warehouse, "agents", interval=86_400)
    assert (alice["agent"], alice["pulled"], alice["stopped"], alice["returned"]["LoggedOut"]) == (
        "alice",
        5,
        1,
        1,
    )
    assert (alice["is_logged_in_at_end"], lena["is_logged_in_at_end"]) == (False, True)
    assert lena["logged_in_seconds"] > 0 and alice["logged_in_seconds"] > 0
    [server] = newest(warehouse, "server", interval=86_400)
    assert (server["agents_logged_in_at_end"], server["entered"], server["waiting_at_end"]) == (1, 9, 6)


@pytest.mark.parametrize(("interval", "rows"), [(900, 5), (3600, 2), (86_400, 1)])
def test_every_interval_from_the_one_that_from_is_in(
    alice: Desk, warehouse: Application, interval: int, rows: int
) -> None:
    """Those in which nothing happened, too."""
    begin = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    cast.fill(1)
    Event.objects.update(at=begin - timedelta(hours=1))
    count()
    span = {
        "from": (begin + timedelta(minutes=50)).isoformat(),
        "to": (begin + timedelta(hours=2)).isoformat(),
    }
    found = warehouse.get("reporting/queues", interval=interval, queue=cast.SUPPORT, **span).ok()
    first = begin + timedelta(seconds=3000 - 3000 % interval)
    expected = [
        (first + timedelta(seconds=interval * n)).strftime("%Y-%m-%dT%H:%M:%S.000000Z") for n in range(rows)
    ]
    assert [row["starts_at"] for row in found["rows"]] == expected
    assert {row["waiting_at_end"] for row in found["rows"]} == {1}
    assert {row["entered"] for row in found["rows"]} == {0}


def test_what_is_not_counted_yet_is_said(alice: Desk, warehouse: Application) -> None:
    assert warehouse.get("reporting/queues").ok()["counted_until"] is None
    count()
    found = warehouse.get("reporting/queues").ok()
    assert found["counted_until"] >= found["to"] or found["counted_until"] > found["from"]
    cast.fill(1)
    behind = warehouse.get("reporting/queues").ok()
    assert behind["rows"] == []
    assert behind["counted_until"] < behind["to"]


@pytest.mark.parametrize(
    ("what", "name", "others"),
    [("queues", "queue", "chat-sales"), ("agents", "agent", "bob"), ("workbins", "workbin", 999)],
)
def test_one_of_them(day: int, warehouse: Application, what: str, name: str, others: Any) -> None:
    one: Any = {"queue": cast.SUPPORT, "agent": "alice", "workbin": day}[name]
    rows = warehouse.get(f"reporting/{what}", **{name: one}).ok()["rows"]
    assert {row[name] for row in rows} == {one}
    assert warehouse.get(f"reporting/{what}", **{name: others}).ok()["rows"] == []


@pytest.mark.parametrize("asked", [{"headers": {"Accept": "text/csv"}}, {"query_params": {"format": "csv"}}])
def test_as_a_table(day: int, warehouse: Application, asked: Any) -> None:
    reply = warehouse.send_raw("GET", "reporting/queues", **asked)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    *_, row = csv.DictReader(io.StringIO(reply.body.decode()))
    assert (row["queue"], row["returned_Expired"], row["waiting_seconds_count"]) == (cast.SUPPORT, "1", "4")
    assert row["starts_at"].endswith("Z")


def test_a_refusal_is_json_for_who_wants_a_table(warehouse: Application, alice: Desk) -> None:
    table = {"headers": {"Accept": "text/csv"}}
    reply = warehouse.send_raw("GET", "reporting/queues", query_params={"interval": "7"}, **table)
    assert reply.status == 400 and reply.headers["Content-Type"] == "application/problem+json"
    assert alice.send_raw("GET", "reporting/queues", **table).status == 403


@pytest.mark.parametrize(
    "span", [{"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, {"from": "9000-01-01T00:00:00Z"}]
)
def test_of_no_time_there_are_no_rows(day: int, warehouse: Application, span: Json) -> None:
    assert warehouse.get("reporting/queues", **span).ok()["rows"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"interval": 60}, "interval"),
        ({"format": "xml"}, "format"),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-31T00:00:00Z"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_is_refused(warehouse: Application, query: Json, field: str) -> None:
    assert list(warehouse.get("reporting/queues", **query).refused(400, "invalid")["errors"]) == [field]
