"""Submit: what a media server brings in."""

import pytest

from interactions.models import Interaction
from tests import cast
from tests.applications import Application, Desk, Json, Log, brief

pytestmark = pytest.mark.django_db(transaction=True)

SHAPE = {
    "id",
    "external_id",
    "media_type",
    "interaction_type",
    "interaction_subtype",
    "parent",
    "queue",
    "workbin",
    "state",
    "priority",
    "user_data",
    "handling_timeout",
    "received_at",
    "submitted_at",
    "moved_to_queue_at",
    "placed_in_queue_at",
    "completed_at",
    "stop_reason",
    "revocation_count",
    "party",
}


def test_to_a_queue(gateway: Application, log: Log) -> None:
    log.skip()
    given = {
        "queue": cast.SUPPORT,
        "media_type": "email",
        "external_id": "<1@example.org>",
        "interaction_type": "inbound",
        "interaction_subtype": "order",
        "priority": 7,
        "user_data": {"subject": "Käse", "n": [1, {"x": None}]},
        "handling_timeout": 90,
        "received_at": "2026-01-31T09:30:00Z",
    }

    reply = gateway.post("interactions", **given).ok(201)

    assert reply["event"] == "EventAck"
    made = reply["interaction"]
    assert set(made) == SHAPE
    assert {name: made[name] for name in given} == given | {"received_at": "2026-01-31T09:30:00.000000Z"}
    assert (made["state"], made["workbin"], made["party"], made["revocation_count"]) == (
        "queued",
        None,
        None,
        0,
    )
    assert made["submitted_at"] == made["moved_to_queue_at"] == made["placed_in_queue_at"]
    events = log.new()
    assert brief(events) == [
        "EventInteractionSubmitted Submit by service @email-support",
        "EventPlacedInQueue Submit by service @email-support",
    ]
    assert {event["actor"]["name"] for event in events} == {"mail-gateway"}
    assert {(event["interaction"], event["external_id"]) for event in events} == {
        (made["id"], "<1@example.org>")
    }


def test_to_a_workbin(alice: Desk, gateway: Application, log: Log) -> None:
    drafts = cast.drafts_of("alice")
    alice.subscribe(drafts)
    log.skip()

    made = gateway.post("interactions", workbin=drafts, media_type="email").ok(201)["interaction"]

    assert (made["queue"], made["workbin"], made["state"]) == (None, drafts, "queued")
    assert log.brief() == [
        "EventInteractionSubmitted Submit by service @workbin",
        "EventPlacedInQueue Submit by service @workbin",
        "EventPlacedInWorkbin Submit by service @workbin",
    ]
    added = {"workbin": drafts, "operation": "Added", "interaction": made["id"]}
    assert alice.mail() == [{"event": "EventWorkbinContentChanged", **added}]


def test_a_known_external_id(gateway: Application, log: Log) -> None:
    given = {"queue": cast.SUPPORT, "media_type": "email", "external_id": "<1@example.org>"}
    first = gateway.post("interactions", **given).ok(201)
    log.skip()
    again = gateway.post("interactions", **given, priority=5, user_data={"other": True}).ok(200)
    assert again == first
    assert log.new() == []


def test_without_an_external_id_each_is_new(gateway: Application) -> None:
    """The twin of the one above."""
    given = {"queue": cast.SUPPORT, "media_type": "email"}
    ids = {gateway.post("interactions", **given).ok(201)["interaction"]["id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_parent(gateway: Application, log: Log) -> None:
    [parent] = cast.fill(1)
    log.skip()
    reply = gateway.post("interactions", queue=cast.SUPPORT, media_type="email", parent=parent)
    assert reply.ok(201)["interaction"]["parent"] == parent
    assert log.new()[0]["attributes"]["parent"] == parent


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"queue": "nowhere"}, 404, "not_found"),
        ({"queue": None, "workbin": 999_999}, 404, "not_found"),
        ({"queue": "agent/agent/1"}, 404, "not_found"),
        ({"workbin": 1}, 400, "invalid"),  # both
        ({"queue": None}, 400, "invalid"),  # neither
        ({"media_type": "telex"}, 400, "invalid"),
        ({"parent": 999_999}, 400, "invalid"),
        ({"external_id": ""}, 400, "invalid"),
        ({"handling_timeout": 0}, 400, "invalid"),
        ({"handling_timeout": 86_401}, 400, "invalid"),
        ({"received_at": "yesterday"}, 400, "invalid"),
        ({"state": "stopped"}, 400, "invalid"),
    ],
)
def test_what_is_refused(gateway: Application, log: Log, changed: Json, status: int, code: str) -> None:
    log.skip()
    given = {"queue": cast.SUPPORT, "media_type": "email"} | changed
    reply = gateway.post(
        "interactions", **{name: value for name, value in given.items() if value is not None}
    )
    reply.refused(status, code)
    assert log.new() == []
    assert not Interaction.objects.exists()


def test_a_reporting_engine_may_not(log: Log) -> None:
    reply = log.reader.post("interactions", queue=cast.SUPPORT, media_type="email")
    reply.refused(403, "not_permitted")
