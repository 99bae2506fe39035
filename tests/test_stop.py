"""Stop processing: by the party; by a media server, a supervisor or an admin without."""

import pytest

from tests import cast
from tests.applications import Application, Desk, Log, brief

pytestmark = pytest.mark.django_db(transaction=True)


def test_by_the_party(alice: Desk, log: Log) -> None:
    [interaction] = cast.fill(1)
    party = alice.take()
    log.skip()

    stopped = alice.stop_held(party, reason="answered").ok()["interaction"]

    assert (stopped["state"], stopped["stop_reason"], stopped["party"]) == ("stopped", "answered", None)
    assert stopped["completed_at"]
    assert stopped == alice.look(interaction)
    events = log.new()
    assert brief(events) == [
        "EventPartyRemoved StopProcessing Stopped by agent @email-support",
        "EventProcessingStopped StopProcessing answered by agent @email-support",
    ]
    assert {event["party"] for event in events} == {party["id"]}
    assert set(events[0]["attributes"]) == {"joined_at", "handling_seconds", "last_reset_at"}
    assert alice.mail() == []
    assert alice.parties() == []


@pytest.mark.parametrize(("who", "kind"), [("gateway", "service"), ("lena", "agent"), ("root", "admin")])
def test_what_waits(request: pytest.FixtureRequest, alice: Desk, log: Log, who: str, kind: str) -> None:
    application: Application = request.getfixturevalue(who)
    drafts = cast.drafts_of("alice")
    [waiting], [in_workbin] = cast.fill(1), cast.fill(1, drafts)
    alice.subscribe(drafts)
    log.skip()

    application.stop(waiting).ok()
    application.stop(in_workbin).ok()

    assert log.brief() == [
        f"EventProcessingStopped StopProcessing by {kind} @email-support",
        f"EventProcessingStopped StopProcessing by {kind} @workbin",
    ]
    removed = {"workbin": drafts, "operation": "Removed", "interaction": in_workbin}
    assert alice.mail() == [{"event": "EventWorkbinContentChanged", **removed}]


@pytest.mark.parametrize(("who", "kind"), [("gateway", "service"), ("lena", "agent"), ("root", "admin")])
def test_what_another_holds(
    request: pytest.FixtureRequest, alice: Desk, log: Log, who: str, kind: str
) -> None:
    application: Application = request.getfixturevalue(who)
    cast.fill(1)
    party = alice.take()
    log.skip()

    application.stop(party["interaction"], reason="spam").ok()

    events = log.new()
    assert brief(events) == [
        f"EventPartyRemoved StopProcessing Stopped by {kind} @email-support",
        f"EventProcessingStopped StopProcessing spam by {kind} @email-support",
    ]
    assert {event["agent"] for event in events} == {"alice"}
    where = {"queue": cast.SUPPORT, "workbin": None}
    told = {"interaction": party["interaction"], "party": party["id"], "reason": "Stopped", **where}
    assert alice.mail() == [{"event": "EventRevoked", **told}]
    assert alice.stop_held(party).refused(409, "stopped")


def test_who_may_not(alice: Desk, lena: Desk, log: Log) -> None:
    """A plain agent needs a party; a supervisor of others sees nothing; a reporting engine only reads."""
    cast.agent("olaf", "sales-team", is_supervisor=True)
    [interaction] = cast.fill(1)
    log.skip()
    assert alice.stop(interaction).refused(400, "invalid")["errors"].keys() == {"party"}
    cast.log_in("olaf").stop(interaction).refused(404, "not_found")
    log.reader.stop(interaction).refused(403, "not_permitted")
    assert [event["event"] for event in log.new()] == ["EventAgentLogin"]
    lena.stop(interaction).ok()  # the twin


def test_twice(alice: Desk, gateway: Application, log: Log) -> None:
    cast.fill(1)
    party = alice.take()
    alice.stop_held(party).ok()
    log.skip()
    alice.stop_held(party).refused(409, "stopped")
    gateway.stop(party["interaction"]).refused(409, "stopped")
    assert log.new() == []
