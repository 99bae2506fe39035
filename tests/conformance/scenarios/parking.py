"""Attempts: what expires too often is parked instead of coming back for ever."""

from ..cast import Agent, told_of
from ..log import Log, expired, placed, pulled, revoked
from ..places import Line

PARKED = ["EventPlacedInQueue PlaceInQueue Parked by timer @parked"]


def expire(agent: Agent, line: Line) -> None:
    agent.until_revoked(agent.take(line))


def test_one_expiry_more_than_allowed_parks_it(
    alice: Agent, admin: Agent, strict: Line, parked: Line, log: Log
) -> None:
    mail = strict.add()
    expire(alice, strict)
    assert (admin.look(mail)["queue"], admin.look(mail)["revocation_count"]) == (str(strict), 1)
    party = alice.take(strict)
    assert alice.until_revoked(party) == [told_of("EventRevoked", party, "Expired")]
    found = admin.look(mail)
    assert (found["state"], found["queue"], found["revocation_count"]) == ("queued", str(parked), 0)
    assert alice.pull(strict) == []
    assert alice.take(parked)["interaction"] == mail
    log.tells(mail, *[pulled("strict"), expired("strict")] * 2, PARKED, pulled("parked"))


def test_only_expiries_count(alice: Agent, lena: Agent, admin: Agent, strict: Line, log: Log) -> None:
    mail = strict.add(handling_timeout=60)
    for _ in range(3):
        alice.take(strict)
        lena.revoke(mail).ok()
    assert (admin.look(mail)["queue"], admin.look(mail)["revocation_count"]) == (str(strict), 0)
    log.tells(mail, *[pulled("strict"), revoked("agent", "strict")] * 3)


def test_placing_sets_the_count_to_nought(alice: Agent, admin: Agent, strict: Line, log: Log) -> None:
    mail = strict.add()
    expire(alice, strict)
    assert alice.place(alice.take(strict)).ok()["interaction"]["revocation_count"] == 0
    expire(alice, strict)
    assert (admin.look(mail)["queue"], admin.look(mail)["revocation_count"]) == (str(strict), 1)
    once = [pulled("strict"), expired("strict")]
    log.tells(mail, *once, pulled("strict"), placed(at="strict"), *once)


def test_without_a_parking_queue_it_comes_back(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    mail = line.add(handling_timeout=1)
    for times in (1, 2, 3):
        expire(alice, line)
        assert (admin.look(mail)["queue"], admin.look(mail)["revocation_count"]) == (str(line), times)
    log.tells(mail, *[pulled(), expired()] * 3)


def test_who_waits_at_the_end_of_it_gets_the_next(
    alice: Agent, bob: Agent, strict: Line, parked: Line
) -> None:
    """A late puller is not given what must be parked."""
    worn = strict.add()
    expire(alice, strict)
    party = alice.take(strict)
    fresh = strict.add(handling_timeout=60)
    bob.server.clock.wait_past(party["deadline_at"])
    assert [one["id"] for one in bob.pull(strict, count=2)] == [fresh]
    assert bob.take_soon(parked)["interaction"] == worn
