"""Revoke by hand: a supervisor takes a hold away."""

import pytest

from interactions.models import Agent, Interaction
from tests import cast
from tests.applications import Application, Desk, Log, brief
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("who", "kind"), [("lena", "agent"), ("root", "admin")])
def test_it_waits_where_it_was_at_its_old_turn(
    request: pytest.FixtureRequest, alice: Desk, log: Log, who: str, kind: str
) -> None:
    boss: Desk = request.getfixturevalue(who)
    first, second = cast.fill(2)
    turn = Interaction.objects.values_list("place_in_queue_seq", flat=True).get(pk=first)
    party = alice.take()
    log.skip()

    revoked = boss.revoke(first, reason="lunch").ok()["interaction"]

    assert (revoked["state"], revoked["queue"], revoked["party"]) == ("queued", cast.SUPPORT, None)
    assert revoked["revocation_count"] == 0  # only expiries count
    events = log.new()
    assert brief(events) == [
        f"EventPartyRemoved Revoke Revoked by {kind} @email-support",
        f"EventRevoked Revoke Revoked by {kind} @email-support",
    ]
    assert {event["actor"]["name"] for event in events} == {boss.name}
    assert {event["agent"] for event in events} == {"alice"}
    where = {"queue": cast.SUPPORT, "workbin": None}
    told = {"interaction": first, "party": party["id"], "reason": "Revoked", **where}
    assert alice.mail() == [{"event": "EventRevoked", **told}]
    assert turn == Interaction.objects.values_list("place_in_queue_seq", flat=True).get(pk=first)
    assert [one["id"] for one in boss.pull(count=2)] == [first, second]


def test_from_a_workbin(alice: Desk, lena: Desk, log: Log) -> None:
    drafts = cast.drafts_of("alice")
    [interaction] = cast.fill(1, drafts)
    alice.post(f"workbins/{drafts}/pull", count=1).ok()
    lena.subscribe(drafts)
    log.skip()

    lena.revoke(interaction).ok()

    assert log.brief() == [
        "EventPartyRemoved Revoke Revoked by agent @workbin",
        "EventRevoked Revoke Revoked by agent @workbin",
    ]
    returned = {"workbin": drafts, "operation": "Returned", "interaction": interaction}
    assert lena.mail() == [{"event": "EventWorkbinContentChanged", **returned}]


def test_what_an_agent_of_hers_took_elsewhere(alice: Desk, lena: Desk) -> None:
    """A supervisor's right follows her agents into queues that she may not pull from."""
    cast.queue("sales", "sales-team")
    Agent.objects.get(user__username="alice").groups.add(cast.group("sales-team"))
    [held, waiting] = cast.fill(2, "sales")
    alice.take("sales")
    lena.revoke(held).ok()
    lena.revoke(waiting).refused(404, "not_found")


def test_who_may_not(alice: Desk, bob: Desk, gateway: Application, log: Log) -> None:
    cast.agent("olaf", "sales-team", is_supervisor=True)
    olaf = cast.log_in("olaf")
    cast.fill(1)
    party = alice.take()
    log.skip()
    olaf.revoke(party["interaction"]).refused(404, "not_found")
    for application in (alice, bob, gateway, log.reader):
        refused = application.post(f"interactions/{party['interaction']}/revoke")
        refused.refused(403, "not_permitted")
    assert log.new() == []
    assert [held["id"] for held in alice.parties()] == [party["id"]]


def test_what_nobody_holds(lena: Desk, log: Log) -> None:
    [waiting, stopped] = cast.fill(2)
    lena.stop(stopped).ok()
    log.skip()
    assert lena.revoke(waiting).refused(409, "not_held")["reason"] == "never_held"
    lena.revoke(stopped).refused(409, "stopped")
    lena.revoke(999_999).refused(404, "not_found")
    assert log.new() == []


def test_what_is_overdue_has_expired(alice: Desk, lena: Desk, log: Log) -> None:
    """The supervisor lost the race with time, and gets what she wanted."""
    cast.fill(1)
    party = alice.take()
    make_overdue(party["interaction"])
    log.skip()
    found = lena.revoke(party["interaction"]).ok()["interaction"]
    assert (found["state"], found["revocation_count"]) == ("queued", 1)
    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
    ]
