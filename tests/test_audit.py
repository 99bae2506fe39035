"""The audit finds each kind of damage and names it, and nothing where there is none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.db.models.functions import Now

from interactions import lifecycle
from interactions.models import Agent, Interaction, Party, Queue, Session
from interactions.signals import TIMER
from interactions.sql import run
from reporting.audit import Report
from reporting.audit import audit as audit_all
from reporting.models import Event
from tests import cast
from tests.applications import Application, Desk
from tests.audit import audit, told
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def scene(alice: Desk, bob: Desk, lena: Desk, root: Desk, gateway: Application) -> None:
    """Every way that an interaction can go; one waits, one is held, one is stopped, one was held before."""
    cast.queue("parked", cast.TEAM)
    drafts = cast.drafts_of("alice")
    _, second, third, _ = cast.fill(4)
    gateway.submit(workbin=drafts, external_id="m-1").ok(201)
    own = alice.submit().ok(201)["interaction"]
    alice.change_held(own["party"], priority=3, external_id="m-2").ok()
    root.change(own["id"], user_data={"a": 1}).ok()
    alice.place_in_workbin(own["party"], drafts).ok()
    alice.post(f"workbins/{drafts}/pull", count=2).ok()
    alice.stop_held(alice.parties()[0], reason="answered").ok()
    expire(bob)
    lena.revoke(bob.take()["interaction"]).ok()
    Queue.objects.filter(name=cast.SUPPORT).update(
        max_revocations=0, parking_queue=Queue.objects.get(name="parked")
    )
    expire(bob)
    root.post(f"interactions/{third}/place-in-queue", queue="parked").ok()
    root.stop(second).ok()
    bob.take()
    bob.log_out().ok(204)
    cast.log_in("bob").take()


def expire(desk: Desk) -> None:
    make_overdue(desk.take()["interaction"])
    lifecycle.revoke_due(TIMER)


EVENTS = (
    "EventInteractionSubmitted",
    "EventPlacedInQueue",
    "EventPlacedInWorkbin",
    "EventTakenFromQueue",
    "EventTakenFromWorkbin",
    "EventPartyAdded",
    "EventPartyRemoved",
    "EventRevoked",
    "EventProcessingStopped",
    "EventPropertiesChanged",
    "EventAgentLogin",
    "EventAgentLogout",
)


def test_the_scene_has_every_kind_of_event() -> None:
    assert set(Event.objects.values_list("event", flat=True)) == set(EVENTS)


def test_a_clean_floor_is_clean() -> None:
    report = audit()
    assert report.events == Event.objects.count()
    assert report.sessions == 5
    assert report.parties == Event.objects.filter(event="EventPartyAdded").count()


# --- Damage to the log ----------------------------------------------------------------------------


def of_kind(event: str) -> list[Event]:
    found = list(Event.objects.filter(event=event).order_by("pk"))
    assert found
    return found


@contextmanager
def mended(event: Event) -> Iterator[None]:
    """Whatever is done to it is undone."""
    try:
        yield
    finally:
        Event.objects.filter(pk=event.pk).delete()
        event.save(force_insert=True)


def about(event: Event) -> str:
    return f"interaction {event.interaction}" if event.interaction else f"session {event.session}"


def is_found(report: Report, subject: str) -> bool:
    """It, and nothing else, is told with the events that led there."""
    return [one.about for one in report.differences] == [subject] and bool(report.differences[0].wrong)


@pytest.mark.parametrize("kind", EVENTS)
def test_a_lost_event_is_found(kind: str) -> None:
    for event in of_kind(kind):
        with mended(event):
            Event.objects.filter(pk=event.pk).delete()
            assert is_found(audit_all(), about(event)), told(audit_all())
    audit()


@pytest.mark.parametrize("kind", EVENTS)
def test_a_doubled_event_is_found(kind: str) -> None:
    """At once, and at the end of the log."""
    run("UPDATE reporting_event SET id = id * 2 + 1000000")
    for event in of_kind(kind):
        for id in (event.pk + 1, 10**9):
            double = Event(**{field.attname: getattr(event, field.attname) for field in event._meta.fields})
            double.pk = id
            double.save(force_insert=True)
            report = audit_all()
            assert is_found(report, about(event)), told(report)
            assert str(id) in str(told(report))
            double.delete()
    audit()


def test_a_doubled_placing_into_the_same_queue_is_found(root: Desk) -> None:
    """Unlike any other, it could follow itself."""
    [id] = cast.fill(1)
    for _ in range(2):
        root.post(f"interactions/{id}/place-in-queue", queue=cast.SUPPORT).ok()
    audit()
    placed = Event.objects.filter(interaction=id, event="EventPlacedInQueue").latest("pk")
    placed.pk = 10**9
    placed.save(force_insert=True)
    assert is_found(audit_all(), f"interaction {id}")


OTHERS: dict[str, Callable[[Event], object]] = {
    "queue": lambda event: cast.SUPPORT if event.queue == "parked" else "parked",
    "workbin": lambda event: event.workbin and event.workbin + 1000,
    "party": lambda event: event.party and event.party + 1000,
    "agent": lambda event: "lena",
    "session": lambda event: event.session and event.session + 1000,
    "event": lambda event: "EventPlacedInWorkbin",
}


@pytest.mark.parametrize("field", OTHERS)
@pytest.mark.parametrize("kind", EVENTS)
def test_an_altered_event_is_found(kind: str, field: str) -> None:
    for event in of_kind(kind):
        other = OTHERS[field](event)
        if getattr(event, field) is None or getattr(event, field) == other:
            continue
        with mended(event):
            Event.objects.filter(pk=event.pk).update(**{field: other})
            report = audit_all()
            assert about(event) in [one.about for one in report.differences], told(report)
    audit()


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("EventPartyAdded", "operation", "Place"),
        ("EventPartyRemoved", "reason", "Revoked"),
        ("EventPartyRemoved", "reason", "because"),
        ("EventRevoked", "reason", "SessionExpired"),
        ("EventProcessingStopped", "reason", "boredom"),
        ("EventProcessingStopped", "at", F("at") + timedelta(seconds=1)),
        ("EventPropertiesChanged", "attributes", {"revision": 7}),
        ("EventPlacedInQueue", "attributes", {"from_queue": "nowhere"}),
        ("EventAgentLogout", "reason", "SessionExpired"),
        ("EventAgentLogout", "at", F("at") + timedelta(seconds=1)),
    ],
)
def test_other_words_and_instants_are_found(kind: str, field: str, value: object) -> None:
    for event in of_kind(kind):
        if getattr(event, field) == value or (field == "attributes" and not event.attributes):
            continue
        with mended(event):
            Event.objects.filter(pk=event.pk).update(**{field: value})
            report = audit_all()
            assert is_found(report, about(event)), (event.pk, told(report))
    audit()


def test_a_party_of_two_interactions_is_found() -> None:
    """By the log each of the two lives is sound."""
    first, *_, last = Event.objects.filter(event="EventPartyAdded").order_by("party")
    assert first.interaction != last.interaction
    with mended(last):
        Event.objects.filter(pk=last.pk).update(party=first.party)
        assert f"party {first.party}" in [one.about for one in audit_all().differences]


# --- Damage to the tables -------------------------------------------------------------------------

WAITS, HOLDS, STOPS = {"state": "queued"}, {"state": "handling"}, {"state": "stopped"}


@pytest.mark.parametrize(
    ("which", "changes"),
    [
        (WAITS, {"state": "handling"}),
        (HOLDS, {"state": "queued"}),
        (STOPS, {"state": "queued", "completed_at": None, "stop_reason": None}),
        (WAITS, {"state": "stopped", "completed_at": Now()}),
        (WAITS, {"queue": "lost"}),
        (HOLDS, {"queue": "lost"}),
        (STOPS, {"queue": "lost"}),
        (WAITS, {"revocation_count": 9}),
        (WAITS, {"revision": 9}),
        (HOLDS, {"external_id": "m-9"}),
        (WAITS, {"placed_in_queue_at": None}),
        (WAITS, {"placed_in_queue_at": Now()}),
        (STOPS, {"completed_at": Now()}),
        (STOPS, {"stop_reason": "boredom"}),
    ],
)
def test_an_interaction_changed_by_hand_is_found(which: dict[str, str], changes: dict[str, object]) -> None:
    if "queue" in changes:
        changes = {"queue": cast.queue("lost", cast.TEAM)}
    row = Interaction.objects.filter(**which).order_by("pk")[0]
    Interaction.objects.filter(pk=row.pk).update(**changes)
    report = audit_all()
    assert is_found(report, f"interaction {row.pk}"), told(report)
    assert any(name in str(told(report)) for name in ("stands in", *changes))


OPEN, PAST = {"ended_at": None}, {"ended_at__isnull": False}


@pytest.mark.parametrize("which", [OPEN, PAST])
@pytest.mark.parametrize("field", ["agent", "session", "operation", "interaction"])
def test_a_party_changed_by_hand_is_found(which: dict[str, object], field: str) -> None:
    party = Party.objects.filter(**which).order_by("pk")[0]
    others: dict[str, Any] = {
        "agent": Agent.objects.get(user__username="lena"),
        "session": Session.objects.exclude(pk=party.session_id)[0],
        "operation": "Pull" if party.operation == "Submit" else "Submit",
        "interaction": Interaction.objects.filter(parties=None)[0],
    }
    Party.objects.filter(pk=party.pk).update(**{field: others[field]})
    report = audit_all()
    assert f"interaction {party.interaction_id}" in [one.about for one in report.differences] or (
        field == "interaction" and is_found(report, f"interaction {others[field].pk}")
    ), told(report)


def test_the_end_of_a_party_by_hand_is_found() -> None:
    for end in ({"ended_at": Now(), "end_reason": "Expired"}, {"end_reason": "LoggedOut"}):
        party = Party.objects.filter(**(OPEN if len(end) == 2 else PAST)).order_by("pk")[0]
        before = {"ended_at": party.ended_at, "end_reason": party.end_reason}
        Party.objects.filter(pk=party.pk).update(**end)
        report = audit_all()
        assert is_found(report, f"interaction {party.interaction_id}"), told(report)
        Party.objects.filter(pk=party.pk).update(**before)
    audit()


def test_a_party_added_by_hand_is_found() -> None:
    """A hold that nobody told of, open and past; and an open one that is gone."""
    held, waiting = (Interaction.objects.filter(**which).order_by("pk")[0] for which in (HOLDS, WAITS))
    party = held.parties.get(ended_at=None)
    for end in ({}, {"ended_at": Now(), "end_reason": "Expired"}):
        added = copy_of(party, interaction_id=waiting.pk, **end)
        report = audit_all()
        assert is_found(report, f"interaction {waiting.pk}"), told(report)
        added.delete()
    party.delete()
    assert is_found(audit_all(), f"interaction {held.pk}")


def copy_of(party: Party, **changes: object) -> Party:
    columns = {field.attname: getattr(party, field.attname) for field in party._meta.fields}
    return Party.objects.create(**columns | {"id": None} | changes)


@pytest.mark.parametrize("which", [WAITS, HOLDS, STOPS])
def test_a_row_deleted_by_hand_is_found(which: dict[str, str]) -> None:
    row = Interaction.objects.filter(**which).order_by("pk")[0]
    row.parties.all().delete()
    subject = f"interaction {row.pk}"
    row.delete()
    assert is_found(audit_all(), subject)


def test_a_row_that_the_log_has_not_heard_of_is_found() -> None:
    row = Interaction.objects.filter(**WAITS).order_by("pk")[0]
    row.pk, row.external_id = None, None
    row.save()
    assert is_found(audit_all(), f"interaction {row.pk}")


@pytest.mark.parametrize(
    ("which", "changes"),
    [
        (OPEN, {"ended_at": Now(), "end_reason": "LoggedOut"}),
        (PAST, {"ended_at": None, "end_reason": None}),
        (PAST, {"ended_at": Now()}),
        (PAST, {"end_reason": "SessionExpired"}),
        (OPEN, {"agent": "lena"}),
    ],
)
def test_a_session_changed_by_hand_is_found(which: dict[str, object], changes: dict[str, object]) -> None:
    if "agent" in changes:
        changes = {"agent": Agent.objects.get(user__username="lena")}
    session = Session.objects.filter(**which).order_by("pk")[0]
    Session.objects.filter(pk=session.pk).update(**changes)
    report = audit_all()
    assert is_found(report, f"session {session.pk}"), told(report)


def test_a_session_that_is_gone_or_came_by_itself_is_found() -> None:
    session = Session.objects.get(agent__user__username="lena")
    made = Session.objects.create(agent=session.agent, token_hash=b"x")
    assert is_found(audit_all(), f"session {made.pk}")
    made.delete()
    subject = f"session {session.pk}"
    session.delete()
    assert is_found(audit_all(), subject)


# --- What is no damage ----------------------------------------------------------------------------


def test_a_queue_and_a_user_may_be_renamed(alice: Desk) -> None:
    Queue.objects.filter(name=cast.SUPPORT).update(name="post")
    User.objects.filter(username="bob").update(username="robert")
    audit()
    alice.pull("post")
    desk = cast.log_in("robert")
    for party in desk.parties():
        desk.place_in_queue(party).ok()
    audit()
