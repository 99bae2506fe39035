"""Problem documents: the members of each, the fields it blames, when to come again, and what it changes."""

from collections.abc import Callable
from typing import Any

import pytest

from interactions.models import Agent, Interaction, Party, Queue
from reporting.models import Event
from tests import cast
from tests.applications import MEMBERS, Application, Desk, Reply
from tests.clock import let_pass
from tests.crowd import another_connection
from workbins.models import Subscription

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[Desk, Application], Reply]


def invalid(alice: Desk, gateway: Application) -> Reply:
    return alice.post("keep-alive", count=1)


def not_authenticated(alice: Desk, gateway: Application) -> Reply:
    return Desk("", "").get("parties")


def not_permitted(alice: Desk, gateway: Application) -> Reply:
    return gateway.get("parties")


def not_found(alice: Desk, gateway: Application) -> Reply:
    return alice.post("queues/nowhere/pull")


def not_held(alice: Desk, gateway: Application) -> Reply:
    return alice.stop(cast.fill(1)[0], party=999_999)


def stale_party(alice: Desk, gateway: Application) -> Reply:
    cast.fill(1)
    return alice.stop(alice.take()["interaction"], party=999_999)


def stopped(alice: Desk, gateway: Application) -> Reply:
    [interaction] = cast.fill(1)
    gateway.stop(interaction).ok()
    return gateway.stop(interaction)


def not_available(alice: Desk, gateway: Application) -> Reply:
    return alice.post(f"workbins/{cast.drafts_of('alice')}/pull", interactions=cast.fill(1))


def capacity_reached(alice: Desk, gateway: Application) -> Reply:
    Agent.objects.update(capacity=0)
    return alice.submit()


def queue_paused(alice: Desk, gateway: Application) -> Reply:
    Queue.objects.update(is_paused=True)
    return alice.post(f"queues/{cast.SUPPORT}/pull")


def not_subscribed(alice: Desk, gateway: Application) -> Reply:
    return alice.send("DELETE", f"workbins/{cast.drafts_of('alice')}/subscription")


def external_id_taken(alice: Desk, gateway: Application) -> Reply:
    one, _ = cast.fill(1, external_id="1") + cast.fill(1, external_id="2")
    return gateway.change(one, external_id="2")


def idempotency_mismatch(alice: Desk, gateway: Application) -> Reply:
    alice.post_once("k-1", "keep-alive").ok()
    return alice.post_once("k-1", f"queues/{cast.SUPPORT}/pull")


def cursor_expired(alice: Desk, gateway: Application) -> Reply:
    return alice.get("events", after="MS4x")  # the first message, long ago


def too_large(alice: Desk, gateway: Application) -> Reply:
    return alice.send_raw("POST", "keep-alive", **{"workbin.body_too_large": True})


def unsupported_media_type(alice: Desk, gateway: Application) -> Reply:
    return alice.send_raw("POST", "keep-alive", data=b"<a/>", content_type="text/xml")


def method_not_allowed(alice: Desk, gateway: Application) -> Reply:
    return alice.send("DELETE", "parties")


def not_acceptable(alice: Desk, gateway: Application) -> Reply:
    return alice.send_raw("GET", "parties", headers={"Accept": "text/html"})


def throttled(alice: Desk, gateway: Application) -> Reply:
    while True:
        reply = Desk("", "").post("sessions", username="alice", password="wrong")
        if reply.status != 401:
            return reply


def unavailable(alice: Desk, gateway: Application) -> Reply:
    cast.fill(1)
    alice.take()
    with another_connection() as other:
        other.execute("SELECT FROM interactions_party FOR UPDATE")
        return alice.keep_alive()


# By the status; what each has beside the members that all have.
REFUSALS: list[tuple[int, Act, set[str]]] = [
    (400, invalid, {"errors"}),
    (401, not_authenticated, {"reason"}),
    (403, not_permitted, set()),
    (404, not_found, set()),
    (405, method_not_allowed, set()),
    (406, not_acceptable, set()),
    (409, not_held, {"reason"}),
    (409, stale_party, set()),
    (409, stopped, set()),
    (409, not_available, {"interactions"}),
    (409, capacity_reached, set()),
    (409, queue_paused, set()),
    (409, not_subscribed, set()),
    (409, external_id_taken, set()),
    (409, idempotency_mismatch, set()),
    (410, cursor_expired, set()),
    (413, too_large, set()),
    (415, unsupported_media_type, set()),
    (429, throttled, {"retry_after"}),
    (503, unavailable, {"retry_after"}),
]


@pytest.mark.parametrize(("status", "act", "more"), REFUSALS, ids=[row[1].__name__ for row in REFUSALS])
def test_the_members(alice: Desk, gateway: Application, status: int, act: Act, more: set[str]) -> None:
    reply = act(alice, gateway)
    code = act.__name__
    problem = reply.refused(status, code)
    assert set(problem) == MEMBERS | more
    assert problem["type"] == f"urn:workbin:problem:{code}"
    assert problem["title"] and len(problem["detail"]) > 15  # a sentence for a person
    has_to_wait = status in (429, 503)
    assert ("Retry-After" in reply.headers) is has_to_wait
    if has_to_wait:
        assert int(reply.headers["Retry-After"]) == problem["retry_after"] >= 1
    assert ("WWW-Authenticate" in reply.headers) is (status == 401)
    assert status != 405 or reply.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("interactions", {}, {"media_type"}),
        ("interactions", {"media_type": "email"}, {"body"}),
        ("interactions", {"queue": "email-support", "workbin": 1, "media_type": "email"}, {"body"}),
        ("interactions", {"queue": "email-support", "media_type": "fax", "priority": 1}, {"media_type"}),
        ("interactions", {"queue": 1, "media_type": [], "what": 1}, {"queue", "media_type", "what"}),
        ("queues/email-support/pull", {"count": 101, "wait_seconds": 31}, {"count", "wait_seconds"}),
        ("queues/email-support/pull", {"media_types": ["fax"]}, {"media_types"}),
        ("sessions", {"username": "alice"}, {"password"}),
        ("keep-alive", [], {"body"}),
    ],
)
def test_the_fields_that_are_blamed(alice: Desk, path: str, body: Any, fields: set[str]) -> None:
    """All at once, each with sentences."""
    errors = alice.send("POST", path, body).refused(400, "invalid")["errors"]
    assert set(errors) == fields
    for texts in errors.values():
        assert texts
        assert all(isinstance(text, str) and text for text in texts)


UNCHANGED = (Interaction, Party, Event, Subscription)


@pytest.mark.parametrize(
    "act",
    [invalid, not_found, not_permitted, method_not_allowed, not_acceptable, not_subscribed, cursor_expired],
)
def test_a_refusal_changes_nothing_but_deadlines(alice: Desk, gateway: Application, act: Act) -> None:
    cast.fill(1)
    alice.take()
    cast.drafts_of("alice")
    let_pass(100)
    volatile = ("deadline_at", "warn_at", "last_reset_at")

    def everything() -> list[Any]:
        return [
            [
                {name: value for name, value in row.items() if name not in volatile}
                for row in model._default_manager.order_by("pk").values()
            ]
            for model in UNCHANGED
        ]

    before = everything()
    assert act(alice, gateway).status >= 400
    assert everything() == before
