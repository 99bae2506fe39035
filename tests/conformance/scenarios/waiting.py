"""Waiting on a queue: who waits is woken once for each that comes, in the order of waiting."""

import time
from functools import partial

import httpx

from ..cast import Agent, Hold, new_key
from ..floor import CHAT
from ..log import Log, expired, placed, pulled, revoked
from ..people import SOON, meanwhile, until
from ..places import Line
from ..server import API, Answer

LONG = 25  # seconds somebody is ready to wait


def wait(agent: Agent, line: Line, seconds: int = LONG, **given: object) -> Answer:
    return agent.post(f"queues/{line}/pull", wait_seconds=seconds, **given)


def given(answer: Answer) -> list[int]:
    return [one["id"] for one in answer.ok()["interactions"]]


def has_moved(admin: Agent, held: Hold) -> bool:
    deadline_at: str = admin.look(held["interaction"])["party"]["deadline_at"]
    return deadline_at > held["deadline_at"]


def test_what_comes_is_given_to_who_waits(alice: Agent, line: Line, log: Log) -> None:
    waiting = meanwhile(lambda: wait(alice, line))
    alice.server.settle()
    mail = line.add()
    assert given(waiting.result(SOON)) == [mail]
    assert alice.keep_alive()[0]["interaction"] == mail
    log.tells(mail, pulled())


def test_what_is_there_is_given_at_once(alice: Agent, line: Line) -> None:
    """Also if it is less than asked for."""
    mail = line.add()
    answer = wait(alice, line, count=5)
    assert given(answer) == [mail]
    assert answer.came_at - answer.sent_at < SOON


def test_what_expires_meanwhile_is_given_to_who_waits(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    mail = line.add(handling_timeout=2)
    party = alice.take(line)
    waiting = meanwhile(lambda: wait(bob, line))
    alice.until_revoked(party)
    answer = waiting.result(SOON)
    assert given(answer) == [mail]
    assert answer["server_time"] >= party["deadline_at"]
    log.tells(mail, pulled(), expired(), pulled())


def test_whatever_makes_it_free(
    *, alice: Agent, bob: Agent, lena: Agent, line: Line, other: Line, log: Log
) -> None:
    """Placed here, placed from elsewhere, revoked by hand, logged out."""
    away, here = other.add(), line.add()
    held = alice.take(other)
    waiting = meanwhile(lambda: wait(bob, other))
    alice.server.settle()
    lena.revoke(away).ok()
    assert given(waiting.result(SOON)) == [away]

    held = alice.take(line)
    waiting = meanwhile(lambda: wait(bob, line))
    alice.server.settle()
    alice.place(held).ok()
    assert given(waiting.result(SOON)) == [here]

    waiting = meanwhile(lambda: wait(alice, line))
    alice.server.settle()
    [first] = [party for party in bob.keep_alive() if party["interaction"] == away]
    bob.place(first, queue=str(line)).ok()
    assert given(waiting.result(SOON)) == [away]
    log.tells(here, pulled(), placed(), pulled())
    log.tells(away, pulled(), revoked("agent"), pulled(), placed(), pulled())


def test_a_log_out_makes_it_free(alice: Agent, bob: Agent, line: Line) -> None:
    mail = line.add()
    alice.take(line)
    waiting = meanwhile(lambda: wait(bob, line))
    alice.server.settle()
    alice.log_out()
    assert given(waiting.result(SOON)) == [mail]


def test_each_wakes_one_in_the_order_of_waiting(
    *, alice: Agent, bob: Agent, carol: Agent, admin: Agent, line: Line, other: Line
) -> None:
    """Each holds something, so that it is seen when the request comes in: it moves the deadline. And a
    request that has come after it has been answered before the next one waits."""
    other.put(3)
    waiting = []
    for agent in (alice, bob, carol):
        held = agent.take(other)
        waiting.append(meanwhile(partial(wait, agent, line)))
        until(partial(has_moved, admin, held), SOON, "the request")
        admin.post(f"queues/{line}/pull").ok()
        admin.server.settle()
    for number in range(3):
        mail = line.add()
        assert given(waiting[number].result(SOON)) == [mail]
        assert [one.done() for one in waiting] == [True] * (number + 1) + [False] * (2 - number)


def test_several_at_once_wake_several(alice: Agent, bob: Agent, carol: Agent, line: Line) -> None:
    """One each; what nobody waits for stays."""
    waiting = [meanwhile(partial(wait, agent, line)) for agent in (alice, bob)]
    alice.server.settle()
    mails = line.put(3)
    got = [given(one.result(SOON)) for one in waiting]
    assert sorted(got) == [[mails[0]], [mails[1]]]
    assert [one["id"] for one in carol.pull(line)] == [mails[2]]


def test_nothing_comes(alice: Agent, line: Line) -> None:
    """The empty answer, when the time is up and not before."""
    answer = wait(alice, line, seconds=2)
    assert given(answer) == []
    assert 1.9 <= answer.came_at - answer.sent_at < 2 + SOON


def test_who_has_left_eats_nothing(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """A client that hangs up while it waits gets nothing, and the next in line gets it."""
    with httpx.Client(base_url=alice.server.url + API, timeout=1) as impatient:
        try:
            impatient.post(
                f"queues/{line}/pull",
                json={"wait_seconds": LONG},
                headers={"Authorization": f"Bearer {alice.token}"},
            )
            raise AssertionError("an empty line has given something")
        except httpx.ReadTimeout:
            pass
    waiting = meanwhile(lambda: wait(bob, line))
    alice.server.settle()
    mail = line.add()
    assert given(waiting.result(SOON)) == [mail]
    assert alice.holds() == []
    log.tells(mail, pulled())


def test_only_what_was_asked_for(alice: Agent, bob: Agent, line: Line) -> None:
    """Who waits for chats is not woken for a mail, and does not keep it from another."""
    chats = meanwhile(lambda: wait(alice, line, media_types=[CHAT]))
    alice.server.settle()
    anything = meanwhile(lambda: wait(bob, line))
    alice.server.settle()
    mail = line.add()
    assert given(anything.result(SOON)) == [mail]
    chat = line.add(media_type=CHAT)
    assert given(chats.result(SOON)) == [chat]


def test_the_session_ends_meanwhile(alice: Agent, line: Line) -> None:
    """401, at once; what comes then is not taken."""
    second = alice.again()
    waiting = meanwhile(lambda: wait(second, line))
    alice.server.settle()
    second.log_out()
    begun = time.monotonic()
    waiting.result(SOON).refused(401, "not_authenticated", reason="ended")
    assert time.monotonic() - begun < SOON
    mail = line.add()
    assert alice.take(line)["interaction"] == mail


def test_nobody_waits_longer_than_thirty_seconds(alice: Agent, line: Line) -> None:
    line.add()
    for wrong in (31, -1, 1.5, "1", None, True):
        alice.post(f"queues/{line}/pull", wait_seconds=wrong).refused(400, "invalid")
    alice.get("events", wait_seconds=31, after=alice.cursor).refused(400, "invalid")
    alice.get("events", wait_seconds=-1, after=alice.cursor).refused(400, "invalid")


def test_under_a_key_who_waits_gets_it_once(alice: Agent, line: Line, log: Log) -> None:
    """Whose answer was lost asks again and gets the same."""
    key = new_key()
    waiting = meanwhile(lambda: alice.once(key, f"queues/{line}/pull", wait_seconds=LONG))
    alice.server.settle()
    mail, other = line.put(2)
    first = waiting.result(SOON)
    again = alice.once(key, f"queues/{line}/pull", wait_seconds=LONG)
    assert given(first) == [mail]
    assert again.content == first.content
    log.tells(mail, pulled())
    log.tells(other)
