"""/metrics and the docs: what they say, and to whom."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from reporting.models import Event
from reporting.partitions import AHEAD
from tests import cast
from tests.applications import Application, Desk
from tests.clock import let_pass, make_overdue
from tests.test_intervals import a_day, count
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def read() -> dict[str, float]:
    """Each value by its name and labels, as Prometheus would read it."""
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


def of_the_present(found: dict[str, float]) -> dict[str, float]:
    past = (
        "workbin_events_total",
        "workbin_waiting_seconds_",
        "workbin_handling_",
        "workbin_revocation_late",
    )
    return {name: value for name, value in found.items() if not name.startswith(past)}


def test_an_empty_floor(support: str) -> None:
    assert of_the_present(read()) == {
        "workbin_agents handling": 0,
        "workbin_agents ready": 0,
        "workbin_agents away": 0,
        "workbin_held_interactions email-support": 0,
        "workbin_events_not_counted": 0,
        "workbin_event_log_months_ahead": AHEAD,
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

    found = of_the_present(read())

    exact = {name: value for name, value in found.items() if not name.split()[0].endswith("seconds")}
    assert exact.pop("workbin_events_not_counted") > 10
    assert exact == {
        "workbin_agents handling": 1,
        "workbin_agents ready": 1,
        "workbin_agents away": 0,
        "workbin_held_interactions email-support": 2,
        "workbin_held_interactions chat": 0,
        "workbin_event_log_months_ahead": AHEAD,
        "workbin_open_holds": 2,
        "workbin_open_sessions": 2,
        "workbin_login_failures": 1,
        "workbin_waiting_interactions email-support": 2,
        "workbin_waiting_interactions chat": 0,
    }
    assert 1 <= found["workbin_revocation_lag_seconds"] < 30
    assert 50 <= found["workbin_oldest_waiting_seconds email-support"] < 80
    assert found["workbin_oldest_waiting_seconds chat"] == 0


def test_counters_and_histograms_of_what_was_counted(alice: Desk, lena: Desk, gateway: Application) -> None:
    a_day(alice, lena, gateway)
    before = read()
    assert "workbin_events_total EventAgentLogin " not in before
    count()
    found = read()
    assert found["workbin_events_total EventPlacedInQueue email-support"] == 7
    assert found["workbin_events_total EventPlacedInQueue "] == 2  # in workbins
    assert found["workbin_events_total EventAgentLogin "] == 2
    events = sum(value for name, value in found.items() if name.startswith("workbin_events_total"))
    assert events == Event.objects.count()
    assert found["workbin_waiting_seconds_count email-support"] == 4
    assert found["workbin_waiting_seconds_bucket +Inf email-support"] == 4
    assert found["workbin_handling_seconds_count email-support"] == 5
    late = [name for name in found if name.startswith("workbin_revocation_late_seconds_bucket")]
    assert [found[name] for name in late] == sorted(found[name] for name in late)
    assert found["workbin_revocation_late_seconds_count"] == 1
    assert found["workbin_revocation_late_seconds_bucket 0.5"] == 0
    count()
    again = read()
    assert {name for name in found if again[name] != found[name]} <= {
        "workbin_oldest_waiting_seconds email-support"
    }


def test_the_documentation_names_each_metric_and_none_that_is_not(
    alice: Desk, lena: Desk, gateway: Application, site: Web
) -> None:
    """Of a real web process."""
    a_day(alice, lena, gateway)
    count()
    text = httpx.get(f"{site.url}/metrics").text
    families = {family.name for family in text_string_to_metric_families(text)}
    served = {name + "_total" if name == "workbin_events" else name for name in families}
    chapter = Path("docs/operating.md").read_text().split("## Metrics")[1].split("\n## ")[0]
    documented = set(re.findall(r"`(workbin_[a-z_]+)", "".join(re.findall(r"^\| (.*?) \|", chapter, re.M))))
    assert documented == served


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
