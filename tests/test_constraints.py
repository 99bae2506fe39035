"""States that must not be are refused by the database, whoever writes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Model, Subquery
from django.db.models.functions import Now

from interactions.models import (
    AgentMessage,
    Interaction,
    MediaType,
    Party,
    Queue,
    Service,
    Session,
    StoredReply,
)
from tests import cast
from tests.applications import Application, Desk
from workbins.models import Subscription, Workbin

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def scene(alice: Desk, gateway: Application) -> Iterator[None]:
    """alice holds one, one waits, one is stopped, one stands in her drafts, which she watches.

    She and the mail-gateway have each sent a request under a key.
    """
    alice.post_once("k-1", "keep-alive").ok()
    gateway.post_once("k-1", "interactions", queue=cast.SUPPORT, media_type="email").ok(201)
    cast.fill(3)
    drafts = cast.drafts_of("alice")
    cast.fill(1, drafts)
    alice.subscribe(drafts)
    alice.stop_held(alice.take()).ok()
    alice.take()
    yield


HELD = {"state": "handling"}
STOPPED = {"state": "stopped"}
OPEN = {"ended_at": None}
ENDED = {"ended_at__isnull": False}

IMPOSSIBLE: list[tuple[type[Model], dict[str, Any], dict[str, Any]]] = [
    (Interaction, STOPPED, {"completed_at": None}),
    (Interaction, {"state": "queued"}, {"completed_at": Now()}),
    (Interaction, HELD, {"completed_at": Now()}),
    (Interaction, {"state": "queued"}, {"stop_reason": "done"}),
    (Interaction, HELD, {"state": "stopped"}),
    (Interaction, STOPPED, {"state": "queued"}),
    (Interaction, {}, {"state": "lost"}),
    (Interaction, {}, {"external_id": "the same"}),
    (Interaction, {}, {"handling_timeout": 0}),
    (Interaction, {}, {"handling_timeout": 86_401}),
    (Interaction, {}, {"queue": 999_999}),
    (Party, OPEN, {"end_reason": "Expired"}),
    (Party, OPEN, {"ended_at": Now()}),
    (Party, ENDED, {"end_reason": None}),
    (Party, OPEN, {"expires_at": F("deadline_at") - timedelta(seconds=1)}),
    (Party, {}, {"handling_timeout": -1}),
    (Session, {}, {"ended_at": Now()}),
    (Session, {}, {"end_reason": "LoggedOut"}),
    (MediaType, {}, {"handling_timeout": 0}),
    (Queue, {"is_private": False}, {"name": "with a space"}),
    (Queue, {"is_private": False}, {"name": "with/slash"}),
    (Queue, {"is_private": False}, {"name": ""}),
    (Queue, {"is_private": False}, {"handling_timeout": 86_401}),
    (Queue, {"is_private": False}, {"max_handling_time": 0}),
    (Queue, {"is_private": True}, {"is_paused": True}),
    (Queue, {"is_private": True}, {"handling_timeout": 60}),
    (Queue, {"is_private": True}, {"max_revocations": 1}),
    (AgentMessage, {}, {"watched_queue": None, "agent": None}),
    (AgentMessage, {"watched_queue__isnull": False}, {"agent_id": F("watched_queue_id") * 0 + 1}),
    (StoredReply, {"service": None}, {"agent": None}),
    (StoredReply, {"service": None}, {"service": Subquery(Service.objects.values("pk")[:1])}),
    (StoredReply, {}, {"status": 409}),
    (Workbin, {}, {"agent": None}),
]


def case(model: type[Model], which: dict[str, Any], change: dict[str, Any]) -> str:
    return f"{model.__name__}: {', '.join(change)} where {', '.join(which) or 'any'}"


@pytest.mark.parametrize(("model", "which", "change"), IMPOSSIBLE, ids=[case(*row) for row in IMPOSSIBLE])
def test_impossible(model: type[Model], which: dict[str, Any], change: dict[str, Any]) -> None:
    rows = model._default_manager.filter(**which)
    assert rows.exists(), "the case is about nothing"
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**change)


POSSIBLE: list[tuple[type[Model], dict[str, Any], dict[str, Any]]] = [
    (Interaction, STOPPED, {"completed_at": Now(), "stop_reason": "done"}),
    (Interaction, {}, {"external_id": None}),
    (Interaction, {}, {"handling_timeout": 86_400}),
    (Party, OPEN, {"ended_at": Now(), "end_reason": "Expired"}),
    (Party, OPEN, {"expires_at": F("deadline_at")}),
    (Queue, {"is_private": False}, {"name": "A-Z.a_z-0.9", "max_handling_time": 1}),
    (Session, {}, {"ended_at": Now(), "end_reason": "LoggedOut"}),
    (StoredReply, {}, {"status": 201, "key": "k-2"}),
]


@pytest.mark.parametrize(("model", "which", "change"), POSSIBLE, ids=[case(*row) for row in POSSIBLE])
def test_possible(model: type[Model], which: dict[str, Any], change: dict[str, Any]) -> None:
    """The twin: it is not that nothing may be changed."""
    assert model._default_manager.filter(**which).update(**change)


def copy_of(row: Model, **changed: Any) -> Model:
    row.pk, row._state.adding = None, True
    for name, value in changed.items():
        setattr(row, name, value)
    return row


def test_two_open_parties() -> None:
    party = Party.objects.get(ended_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(party).save()
    copy_of(party, ended_at=party.joined_at, end_reason="Expired").save()  # the twin


@pytest.mark.parametrize("owner", ["agent", "service"])
def test_two_replies_under_a_key(owner: str) -> None:
    reply = StoredReply.objects.get(**{f"{owner}__isnull": False})
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(reply).save()
    copy_of(reply, key="k-2").save()  # the twin


def test_two_subscriptions() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(Subscription.objects.get()).save()


def test_two_workbins_of_a_type_for_one_owner() -> None:
    first = Workbin.objects.get()
    other = Queue.objects.create(name="another/private", is_private=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Workbin.objects.create(queue=other, type=first.type, agent=first.agent)


def test_a_workbin_with_two_owners() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Workbin.objects.update(agent_group=cast.group(cast.TEAM))


def test_what_is_held_has_a_party_and_what_is_not_has_none() -> None:
    """No constraint can say this; the commands keep it (see the races, and the audit after them)."""
    held = set(Interaction.objects.filter(state="handling").values_list("pk", flat=True))
    assert held == set(Party.objects.filter(ended_at=None).values_list("interaction", flat=True))
