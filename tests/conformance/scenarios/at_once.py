"""Races: what several do at the same time comes out as if they had done it one after the other."""

from functools import partial

from ..cast import Agent
from ..floor import ROOM
from ..log import Log, expired, placed, pulled, stopped
from ..people import at_once
from ..places import Bin, Line


def test_each_is_given_to_one(alice: Agent, bob: Agent, carol: Agent, line: Line, log: Log) -> None:
    mails = line.put(20)
    pullers = [alice, bob, carol] * 6
    found = at_once(*(partial(puller.pull, line, count=2) for puller in pullers))
    given = [one["id"] for pulled_ones in found for one in pulled_ones]
    assert sorted(given) == mails
    for mail in mails:
        log.promises(mail, pulled())


def test_pulls_at_once_never_exceed_the_capacity(small: Agent, line: Line) -> None:
    line.put(8)
    answers = at_once(*[lambda: small.post(f"queues/{line}/pull")] * 8)
    assert sorted(answer.status for answer in answers) == [200] * ROOM + [409] * (8 - ROOM)
    for answer in answers:
        if answer.status == 409:
            answer.refused(409, "capacity_reached")
    assert len(small.holds()) == ROOM


def test_as_many_as_fit(small: Agent, line: Line) -> None:
    mails = line.put(ROOM + 2)
    assert [one["id"] for one in small.pull(line, count=10)] == mails[:ROOM]
    small.post(f"queues/{line}/pull", count=10).refused(409, "capacity_reached")
    small.post("pull-next").refused(409, "capacity_reached")


def test_by_ids_and_by_submitting_all_must_fit(small: Agent, shared: Bin, line: Line) -> None:
    """A known external_id is answered all the same: it makes no party."""
    mails = shared.put(ROOM + 1)
    small.post(f"workbins/{shared}/pull", interactions=mails).refused(409, "capacity_reached")
    assert small.holds() == []
    small.take_by_id(shared, *mails[:ROOM])
    small.post(f"workbins/{shared}/pull", interactions=mails[ROOM:]).refused(409, "capacity_reached")
    small.submit(queue=str(line)).refused(409, "capacity_reached")
    known = f"kit-{mails[0]}"
    waiting = line.add(external_id=known)
    assert small.submit(queue=str(line), external_id=known).ok(200)["interaction"]["id"] == waiting
    assert len(small.holds()) == ROOM


def test_who_waits_at_full_capacity_is_refused_at_once(small: Agent, line: Line) -> None:
    line.put(ROOM)
    small.pull(line, count=ROOM)
    answer = small.post(f"queues/{line}/pull", wait_seconds=20)
    answer.refused(409, "capacity_reached")
    assert answer.came_at - answer.sent_at < 10


def test_what_has_expired_takes_no_room(small: Agent, line: Line) -> None:
    """From its deadline on."""
    line.put(ROOM, handling_timeout=1)
    parties = [one["party"] for one in small.pull(line, count=ROOM)]
    more = line.add(priority=1)
    small.server.clock.wait_past(max(party["deadline_at"] for party in parties))
    assert small.take(line)["interaction"] == more


def test_what_ends_gives_room_again(small: Agent, line: Line) -> None:
    line.put(ROOM + 2)
    first, second, *_ = [one["party"] for one in small.pull(line, count=ROOM)]
    small.stop(first).ok()
    small.place(second).ok()
    assert len(small.pull(line, count=ROOM)) == 2


def test_all_who_stop_the_same(alice: Agent, lena: Agent, line: Line, log: Log) -> None:
    """Its holder and a supervisor, each in two windows, and often enough to meet: done once."""
    for _ in range(12):
        mail = line.add()
        stop = partial(alice.stop, alice.take(line))
        answers = at_once(stop, partial(lena.stop, mail), stop, partial(lena.stop, mail))
        assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
        log.tells(mail, pulled(), stopped())


def test_stop_against_place(alice: Agent, line: Line, log: Log) -> None:
    """Two windows of the same agent: one of them did it, the other is told how it ended."""
    for _ in range(4):
        mail = line.add()
        party = alice.take(line)
        stop, place = at_once(partial(alice.stop, party), partial(alice.place, party))
        assert sorted((stop.status, place.status)) == [200, 409]
        if stop.status == 200:
            place.refused(409, "stopped")
            log.tells(mail, pulled(), stopped())
        else:
            stop.refused(409, "not_held", reason="placed")
            log.tells(mail, pulled(), placed())
            alice.stop(alice.take(line)).ok()
            log.tells(mail, pulled(), placed(), pulled(), stopped())


def test_stop_against_the_deadline(alice: Agent, line: Line, log: Log) -> None:
    """Sent at the very end: done in time, or refused; never both, and never neither."""
    for early in (0.04, 0.02, 0.01, 0.0):
        mail = line.add(handling_timeout=1)
        party = alice.take(line)
        alice.server.clock.wait_until(party["deadline_at"], after=-early)
        answer = alice.stop(party)
        if answer.status == 200:
            log.tells(mail, pulled(), stopped())
        else:
            answer.refused(409, "not_held", reason="expired")
            alice.stop(alice.take(line)).ok()
            log.tells(mail, pulled(), expired(), pulled(), stopped())


def test_keep_alive_against_the_deadline(alice: Agent, line: Line, log: Log) -> None:
    """What a keep-alive at the very end shows as held is held for a whole timeout more."""
    for early in (0.03, 0.01, 0.0):
        mail = line.add(handling_timeout=1)
        party = alice.take(line)
        alice.server.clock.wait_until(party["deadline_at"], after=-early)
        kept = alice.keep_alive()
        if kept:
            assert kept[0]["deadline_at"] > party["deadline_at"]
            alice.stop(kept[0]).ok()
            log.tells(mail, pulled(), stopped())
        else:
            alice.until_revoked(party)
            alice.stop(alice.take(line)).ok()
            log.tells(mail, pulled(), expired(), pulled(), stopped())
