"""/metrics and the docs: what they say, and to whom."""

from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from tests import cast
from tests.applications import Desk
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


def read() -> dict[str, float]:
    """Each value by its name and queue, as Prometheus would read it."""
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(answer.content.decode()))
    assert all(family.name.startswith("workbin_") and family.documentation for family in families)
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in families
        for sample in family.samples
    }


def test_an_empty_floor(support: str) -> None:
    assert read() == {
        "workbin_revocation_lag_seconds": 0,
        "workbin_event_log_horizon_age_seconds": 0,
        "workbin_open_holds": 0,
        "workbin_open_sessions": 0,
        "workbin_login_failures": 0,
        "workbin_waiting_interactions email-support": 0,
        "workbin_oldest_waiting_seconds email-support": 0,
    }


def test_a_floor_at_work(alice: Desk, bob: Desk) -> None:
    """Private queues are nobody's business, and counted by no name."""
    cast.queue("chat", cast.TEAM)
    cast.fill(5, cast.drafts_of("alice"))
    late, *_ = cast.fill(4)
    alice.pull(count=2)
    let_pass(50)
    make_overdue(late)
    Desk("", "").post("sessions", username="alice", password="wrong")

    found = read()

    exact = {name: value for name, value in found.items() if not name.split()[0].endswith("seconds")}
    assert exact == {
        "workbin_open_holds": 2,
        "workbin_open_sessions": 2,
        "workbin_login_failures": 2,
        "workbin_waiting_interactions email-support": 2,
        "workbin_waiting_interactions chat": 0,
    }
    assert 1 <= found["workbin_revocation_lag_seconds"] < 30
    assert 50 <= found["workbin_oldest_waiting_seconds email-support"] < 80
    assert found["workbin_oldest_waiting_seconds chat"] == 0


def test_a_token_for_the_metrics(settings: Any, support: str) -> None:
    settings.METRICS_TOKEN = "for prometheus alone"
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "for prometheus alone"}):
        refused = Client(headers=header).get("/metrics")
        assert refused.status_code == 401
        assert "workbin_" not in refused.content.decode()
    allowed = Client(headers={"Authorization": "Bearer for prometheus alone"}).get("/metrics")
    assert b"workbin_open_holds" in allowed.content


def test_an_agents_token_opens_no_metrics(settings: Any, alice: Desk) -> None:
    settings.METRICS_TOKEN = "for prometheus alone"
    assert Client(headers={"Authorization": f"Bearer {alice.token}"}).get("/metrics").status_code == 401


def test_closed_metrics(settings: Any, support: str) -> None:
    settings.METRICS = "closed"
    settings.METRICS_TOKEN = "for prometheus alone"
    answer = Client(headers={"Authorization": "Bearer for prometheus alone"}).get("/metrics")
    assert answer.status_code == 404


def test_closed_docs(settings: Any, alice: Desk) -> None:
    settings.DOCS = "closed"
    for path in ("/api/docs/", "/api/docs/?script=", "/api/schema/", "/api/schema/?format=json"):
        answer = Client().get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    alice.get("parties").ok()
    settings.DOCS = "open"
    assert Client().get("/api/docs/").status_code == Client().get("/api/schema/").status_code == 200
