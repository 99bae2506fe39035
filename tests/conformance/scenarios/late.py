"""Stale handles: who comes too late, or with the wrong party, is refused and changes nothing."""

from collections.abc import Callable
from functools import partial

from ..cast import Agent, Hold
from ..log import Log, expired, placed, pulled, revoked, stopped
from ..people import at_once
from ..places import Line
from ..server import Answer, Inconclusive

Command = Callable[[Hold], Answer]
ROUNDS = 3  # the server may have noticed before the first request comes in; it will not each time


def test_what_comes_after_the_deadline_is_refused(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    """From the very instant on, whether the server has noticed or not; also if nobody else has it."""
    for _ in range(ROUNDS):
        mails = line.put(3, handling_timeout=1)
        parties = [one["party"] for one in alice.pull(line, count=3)]
        commands: list[Command] = [alice.stop, partial(alice.change, priority=5)]
        commands.append(partial(alice.place, queue=str(line)))

        def late(command: Command, party: Hold) -> Answer:
            alice.server.clock.wait_past(party["deadline_at"])
            return command(party)

        pairs = zip(commands, parties, strict=True)
        for answer in at_once(*[partial(late, command, party) for command, party in pairs]):
            answer.refused(409, "not_held", reason="expired")
        for mail in mails:
            found = admin.look(mail)
            assert (found["state"], found["priority"], found["party"]) == ("queued", 0, None)
            log.promises(mail, pulled(), expired())
            admin.stop(mail).ok()


def test_a_keep_alive_after_the_deadline_revives_nothing(
    alice: Agent, admin: Agent, line: Line, log: Log
) -> None:
    mail = line.add(handling_timeout=1)
    party = alice.take(line)
    alice.server.clock.wait_past(party["deadline_at"])
    assert alice.keep_alive() == []
    assert alice.holds() == []
    alice.until_revoked(party)
    assert admin.look(mail)["state"] == "queued"
    log.tells(mail, pulled(), expired())


def test_a_late_holder_cannot_touch_what_another_has(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """Nor with the other's party: it is not alice's."""
    mail = line.add(handling_timeout=2)
    first = alice.take(line)
    alice.until_revoked(first)
    held = bob.take(line)
    for party in (first, held):
        reason = "expired" if party is first else "held_by_other"
        alice.stop(party).refused(409, "not_held", reason=reason)
        alice.change(party, user_data={"late": True}).refused(409, "not_held", reason=reason)
        alice.place(party).refused(409, "not_held", reason=reason)
        if not bob.keep_alive():
            raise Inconclusive("bob was kept from asking")
    bob.stop(held).ok()
    log.tells(mail, pulled(), expired(), pulled(), stopped())


def test_an_old_party_is_stale_once_it_is_held_anew(alice: Agent, line: Line, log: Log) -> None:
    """Each hold has an id of its own, and the id of an earlier one is worth nothing."""
    mail = line.add()
    old = alice.take(line)
    alice.place(old).ok()
    new = alice.take(line)
    assert new["id"] != old["id"]
    alice.stop(old).refused(409, "stale_party")
    alice.change(old, priority=1).refused(409, "stale_party")
    alice.place(old).refused(409, "stale_party")
    assert alice.holds() == [new["id"]]
    alice.stop(new).ok()
    log.tells(mail, pulled(), placed(), pulled(), stopped())


def test_an_old_party_is_stale_after_an_expiry(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add(handling_timeout=1)
    old = alice.take(line)
    alice.until_revoked(old)
    new = alice.take(line)
    assert new["id"] != old["id"]
    alice.stop(old).refused(409, "stale_party")
    alice.stop(new).ok()
    log.tells(mail, pulled(), expired(), pulled(), stopped())


def test_who_never_held_it(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    made_up = {"interaction": mail, "id": 999_999_999_999}
    alice.stop(made_up).refused(409, "not_held", reason="never_held")
    party = bob.take(line)
    alice.stop(made_up).refused(409, "not_held", reason="held_by_other")
    alice.stop(party).refused(409, "not_held", reason="held_by_other")
    assert bob.holds() == [party["id"]]
    log.tells(mail, pulled())


def test_how_it_ended_is_told(alice: Agent, bob: Agent, lena: Agent, line: Line, log: Log) -> None:
    """Revoked by hand, placed by oneself, logged out: whoever has it by now."""
    mail = line.add()
    first = alice.take(line)
    lena.revoke(mail).ok()
    alice.stop(first).refused(409, "not_held", reason="revoked")
    second = alice.take(line)
    alice.place(second).ok()
    alice.stop(second).refused(409, "not_held", reason="placed")
    others = bob.take(line)
    alice.stop(first).refused(409, "not_held", reason="revoked")
    alice.stop(second).refused(409, "not_held", reason="placed")
    bob.stop(others).ok()
    log.tells(mail, pulled(), revoked("agent"), pulled(), placed(), pulled(), stopped())


def test_what_is_stopped_is_stopped(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    """A second stop, and all that needs it open: nothing happens twice."""
    mail = line.add()
    party = alice.take(line)
    done = alice.stop(party, reason="Answered").ok()["interaction"]
    assert (done["state"], done["stop_reason"], done["party"]) == ("stopped", "Answered", None)
    for caller, what in ((alice, party), (admin, mail)):
        caller.stop(what).refused(409, "stopped")
        caller.change(what, priority=1).refused(409, "stopped")
        caller.place(what, queue=str(line)).refused(409, "stopped")
    admin.revoke(mail).refused(409, "stopped")
    assert admin.look(mail) == done
    assert alice.pull(line) == []
    log.tells(mail, pulled(), stopped(reason="Answered"))


def test_what_is_not_there(alice: Agent, line: Line) -> None:
    nothing = {"interaction": 999_999_999_999, "id": 1}
    alice.stop(nothing).refused(404, "not_found")
    alice.change(nothing, priority=1).refused(404, "not_found")
    alice.place(nothing).refused(404, "not_found")
    alice.get("interactions/999999999999").refused(404, "not_found")


def test_an_agent_must_send_the_party(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    alice.take(line)
    for answer in (alice.stop(mail), alice.change(mail, priority=1), alice.place(mail)):
        answer.refused(400, "invalid")
        assert list(answer["errors"]) == ["party"]
    log.tells(mail, pulled())
