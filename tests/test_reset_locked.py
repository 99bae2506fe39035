"""A hold that somebody keeps locked costs its agent none of the others, and hides none from the timer."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db.models.functions import Now

from interactions import sessions
from interactions.models import Party
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Json, Log, Reply
from tests.crowd import another_connection, crowd, until_waiting

pytestmark = pytest.mark.django_db(transaction=True)

LOCK = "SELECT FROM interactions_party WHERE id = ANY(%s) FOR UPDATE"
END = "UPDATE interactions_party SET ended_at = now(), end_reason = 'Revoked' WHERE id = %s"
Ask = Callable[[Desk], Reply]
asks = pytest.mark.parametrize(
    "ask", [Desk.keep_alive, lambda desk: desk.get("workbins")], ids=["keep", "get"]
)


@pytest.fixture
def held(alice: Desk) -> list[Json]:
    cast.fill(3)
    return [alice.take() for _ in range(3)]


def reset_at(party: Json) -> datetime:
    return Party.objects.get(pk=party["id"]).last_reset_at


def due(*parties: Json) -> None:
    Party.objects.filter(pk__in=[party["id"] for party in parties]).update(deadline_at=Now())


@asks
@pytest.mark.parametrize("locked", [0, 1, 2])
def test_the_others_are_kept_at_once(locked: int, ask: Ask, alice: Desk, held: list[Json], log: Log) -> None:
    """And can be revoked while the request still waits."""
    before = {party["id"]: reset_at(party) for party in held}
    busy = held[locked]
    first, last = (party for party in held if party is not busy)
    log.skip()
    with another_connection() as other, crowd() as people:
        other.execute(LOCK, [[busy["id"]]])
        reply = people.start(lambda: ask(alice))
        until_waiting()
        assert [reset_at(party) > before[party["id"]] for party in (first, busy, last)] == [True, False, True]
        due(first, last)
        revoke_due()
        other.rollback()
        reply().ok()
    assert [(event["event"], event["party"]) for event in log.new()] == [
        (name, party["id"]) for name in ("EventPartyRemoved", "EventRevoked") for party in (first, last)
    ]
    assert reset_at(busy) > before[busy["id"]]


@asks
def test_the_twin_that_waits_with_all_of_them_loses_them(
    ask: Ask, alice: Desk, held: list[Json], log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KEEP_BY_TOKEN", "RESET_BY_TOKEN"):
        monkeypatch.setattr(sessions, name, getattr(sessions, name).replace("OF p SKIP LOCKED", "OF p"))
    before = reset_at(held[0])
    with another_connection() as other, crowd() as people:
        other.execute(LOCK, [[held[1]["id"]]])
        reply = people.start(lambda: ask(alice))
        until_waiting()
        assert reset_at(held[0]) == before
        other.rollback()
        reply().ok()


def test_what_was_waited_for_is_told_in_order(alice: Desk, held: list[Json]) -> None:
    with another_connection() as other, crowd() as people:
        other.execute(LOCK, [[party["id"] for party in held[:2]]])
        reply = people.start(alice.keep_alive)
        until_waiting()
        other.rollback()
        kept = reply().ok()["parties"]
    assert [party["id"] for party in kept] == [party["id"] for party in held]
    moved = [reset_at(party) for party in held]
    assert moved[2] < moved[0] < moved[1]
    for party in Party.objects.all():
        assert party.deadline_at == party.last_reset_at + timedelta(seconds=party.handling_timeout)


@asks
def test_who_waits_in_vain_keeps_the_others(ask: Ask, alice: Desk, held: list[Json]) -> None:
    """A request that is refused is activity all the same."""
    before = [reset_at(party) for party in held]
    with another_connection() as other:
        other.execute(LOCK, [[held[1]["id"]]])
        ask(alice).refused(503, "unavailable")
    assert [reset_at(party) > then for party, then in zip(held, before, strict=True)] == [True, False, True]


def test_of_what_ended_meanwhile_nothing_is_told(alice: Desk, held: list[Json]) -> None:
    with another_connection() as other, crowd() as people:
        other.execute(END, [held[1]["id"]])
        reply = people.start(alice.keep_alive)
        until_waiting()
        other.commit()
        assert [party["id"] for party in reply().ok()["parties"]] == [held[0]["id"], held[2]["id"]]
