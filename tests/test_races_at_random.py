"""Races that are let go together, often: whoever comes first, each thing happens once."""

import threading

import pytest

from interactions.models import Party, Session
from interactions.tasks import revoke_due
from reporting.models import Event
from tests import cast
from tests.applications import Application, Desk, Json, Log, Reply
from tests.audit import audit
from tests.clock import make_overdue
from tests.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PULL = "queues/email-support/pull"


def test_pull_against_log_out_at_random(support: str) -> None:
    cast.agent("alice", cast.TEAM)
    cast.fill(20)
    for _ in range(15):
        alice = cast.log_in("alice")
        pull, log_out = at_once(lambda: alice.post(PULL, count=2), alice.log_out)  # noqa: B023
        assert (pull.status, log_out.status) in [(200, 204), (401, 204)]
        assert not Session.objects.filter(ended_at=None).exists()
        assert not Party.objects.filter(ended_at=None).exists()
    audit()


def test_stop_against_expiry_at_random(alice: Desk) -> None:
    """Each hold ends once: stopped in time, or expired and the late stop refused."""
    cast.fill(40)
    parties = [one["party"] for one in alice.pull(count=40)]
    stopping = threading.Event()

    def expire() -> list[Reply]:
        for party in parties[::2]:
            make_overdue(party["interaction"])
            revoke_due()
        stopping.set()
        return []

    def stop() -> list[Reply]:
        return [alice.stop_held(party) for party in parties]

    replies, _ = at_once(stop, expire)
    for party, reply in zip(parties, replies, strict=True):
        ends = list(Event.objects.filter(party=party["id"], event="EventPartyRemoved"))
        assert [end.reason for end in ends] == ["Stopped" if reply.status == 200 else "Expired"]
        if reply.status != 200:
            assert reply.refused(409, "not_held")["reason"] == "expired"
    assert {reply.status for reply in replies} >= {200}
    audit()


def test_place_against_revoke(alice: Desk, lena: Desk) -> None:
    cast.fill(20)
    for one in alice.pull(count=20):
        party: Json = one["party"]
        placed, revoked = at_once(
            lambda: alice.place_in_queue(party),  # noqa: B023
            lambda: lena.revoke(one["id"]),  # noqa: B023
        )
        [end] = Event.objects.filter(party=party["id"], event="EventPartyRemoved")
        if end.reason == "Placed":
            placed.ok()
            assert revoked.status == 200 or revoked.refused(409, "not_held")
        else:
            revoked.ok()
            assert placed.refused(409, "not_held")["reason"] == "revoked"
    audit()


def test_two_pulls_of_the_same_ids(alice: Desk, lena: Desk) -> None:
    """In opposite order: neither waits for the other forever, and one gets all."""
    drafts = cast.drafts_of("alice")
    for _ in range(15):
        wanted = cast.fill(6, drafts)
        one, other = at_once(
            lambda: alice.post(f"workbins/{drafts}/pull", interactions=wanted),  # noqa: B023
            lambda: lena.post(f"workbins/{drafts}/pull", interactions=wanted[::-1]),  # noqa: B023
        )
        assert sorted((one.status, other.status)) == [200, 409]
        late = one if one.status == 409 else other
        refused = late.refused(409, "not_available")["interactions"]
        assert [{"id": id, "why": "held"} for id in wanted] == refused
    audit()


def test_one_external_id_from_many(gateway: Application, log: Log) -> None:
    given = {"queue": cast.SUPPORT, "media_type": "email", "external_id": "<1@example.org>"}
    log.skip()
    replies = at_once(*[lambda: gateway.post("interactions", **given)] * 12)
    assert sorted(reply.status for reply in replies) == [200] * 11 + [201]
    assert len({reply["interaction"]["id"] for reply in replies}) == 1
    assert [event["event"] for event in log.new()] == ["EventInteractionSubmitted", "EventPlacedInQueue"]
