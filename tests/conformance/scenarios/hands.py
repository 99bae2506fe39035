"""Ended by another's hand: supervisors and admins revoke, place and stop what somebody holds."""

from ..cast import Agent, Hold, told_of
from ..log import Log, arrived, placed, pulled, revoked, stopped
from ..places import Line


def something_held(agent: Agent, line: Line) -> Hold:
    line.add()
    return agent.take(line)


def assert_undisturbed(agent: Agent, party: Hold, log: Log) -> None:
    assert agent.holds() == [party["id"]]
    log.tells(party["interaction"], pulled())


def test_a_supervisor_revokes(alice: Agent, lena: Agent, line: Line, log: Log) -> None:
    """It waits where it was; its agent is told. It is no expiry and is not counted."""
    party = something_held(alice, line)
    mail = party["interaction"]
    answer = lena.revoke(mail, reason="urgent elsewhere").ok()
    found = answer["interaction"]
    assert answer["event"] == "EventAck"
    assert (found["state"], found["queue"], found["party"], found["revocation_count"]) == (
        "queued",
        str(line),
        None,
        0,
    )
    assert alice.mail(1) == [told_of("EventRevoked", party, "Revoked")]
    alice.stop(party).refused(409, "not_held", reason="revoked")
    *_, event = log.tells(mail, pulled(), revoked("agent"))
    assert (event["actor"]["name"], event["agent"], event["party"]) == (lena.name, alice.name, party["id"])


def test_an_admin_revokes(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    party = something_held(alice, line)
    admin.revoke(party["interaction"]).ok()
    assert alice.mail(1) == [told_of("EventRevoked", party, "Revoked")]
    log.tells(party["interaction"], pulled(), revoked("admin"))


def test_what_nobody_holds_cannot_be_revoked(admin: Agent, lena: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    for caller in (admin, lena):
        caller.revoke(mail).refused(409, "not_held")
    admin.stop(mail).ok()
    for caller in (admin, lena):
        caller.revoke(mail).refused(409, "stopped")
    log.tells(mail, ["EventProcessingStopped StopProcessing by admin @line"])


def test_no_agent_may_revoke(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    party = something_held(alice, line)
    for caller in (alice, bob):
        caller.revoke(party["interaction"]).refused(403, "not_permitted")
    assert_undisturbed(alice, party, log)


def test_a_supervisor_stops_what_another_holds(alice: Agent, lena: Agent, line: Line, log: Log) -> None:
    party = something_held(alice, line)
    mail = party["interaction"]
    found = lena.stop(mail, reason="Spam").ok()["interaction"]
    assert (found["state"], found["stop_reason"]) == ("stopped", "Spam")
    assert found["completed_at"]
    assert alice.mail(1) == [told_of("EventRevoked", party, "Stopped")]
    alice.stop(party).refused(409, "stopped")
    log.tells(mail, pulled(), stopped(reason="Spam"))


def test_an_admin_places_what_another_holds(
    alice: Agent, admin: Agent, line: Line, other: Line, log: Log
) -> None:
    """And what waits."""
    party = something_held(alice, line)
    mail = party["interaction"]
    found = admin.place(mail, queue=str(other)).ok()["interaction"]
    assert (found["state"], found["queue"], found["party"]) == ("queued", str(other), None)
    assert alice.mail(1) == [told_of("EventRevoked", party, "Placed")]
    alice.stop(party).refused(409, "not_held", reason="placed")
    admin.place(mail, queue=str(line)).ok()
    log.tells(mail, pulled(), placed("admin"), arrived("admin"))


def test_a_supervisor_places_only_what_she_holds(alice: Agent, lena: Agent, line: Line, log: Log) -> None:
    party = something_held(alice, line)
    lena.place(party).refused(409, "not_held", reason="held_by_other")
    lena.place(party["interaction"]).refused(400, "invalid")
    assert_undisturbed(alice, party, log)


def test_others_see_nothing_of_it(otto: Agent, nina: Agent, alice: Agent, line: Line, log: Log) -> None:
    """Neither a supervisor of other agents nor an agent of another group."""
    party = something_held(alice, line)
    mail = party["interaction"]
    for caller in (otto, nina):
        for answer in (
            caller.stop(party),
            caller.change(party, priority=1),
            caller.revoke(mail),
            caller.get(f"interactions/{mail}"),
            caller.post(f"queues/{line}/pull"),
        ):
            answer.refused(404, "not_found")
        assert caller.get("interactions", queue=str(line), state="handling").ok()["results"] == []
    otto.stop(mail).refused(404, "not_found")
    otto.change(mail, priority=1).refused(404, "not_found")
    assert_undisturbed(alice, party, log)


def test_to_be_revoked_is_not_a_reset(alice: Agent, lena: Agent, admin: Agent, line: Line) -> None:
    """What others do moves none of the agent's other deadlines."""
    first, second = line.put(2)
    alice.pull(line, count=2)
    before = admin.look(second)["party"]["deadline_at"]
    lena.revoke(first).ok()
    assert admin.look(second)["party"]["deadline_at"] == before
