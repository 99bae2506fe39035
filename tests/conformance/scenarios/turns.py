"""Who is next: priority, then turn; what a turn survives and what gives a new one."""

from ..cast import Agent
from ..floor import CHAT
from ..log import Log, expired, placed, pulled, revoked, stopped
from ..places import Line
from ..server import Json


def ids(interactions: list[Json]) -> list[int]:
    return [one["id"] for one in interactions]


def test_first_come_first_served(alice: Agent, line: Line) -> None:
    mails = line.put(4)
    assert [alice.take(line)["interaction"] for _ in mails] == mails
    assert alice.pull(line) == []


def test_high_priority_first(alice: Agent, line: Line) -> None:
    low, usual, high, higher, also_high = (
        line.add(priority=priority) for priority in (-5, 0, 5, 2**31 - 1, 5)
    )
    assert ids(alice.pull(line, count=5)) == [higher, high, also_high, usual, low]


def test_a_priority_is_a_whole_number(admin: Agent, line: Line) -> None:
    for wrong in (2**31, -(2**31) - 1, 2**64, 0.5, "1", None, True):
        admin.submit(queue=str(line), priority=wrong).refused(400, "invalid")


def test_a_priority_that_changes_counts(alice: Agent, admin: Agent, line: Line) -> None:
    first, second = line.put(2)
    admin.change(second, priority=1).ok()
    assert ids(alice.pull(line, count=2)) == [second, first]


def test_as_many_as_asked_for_or_as_there_are(alice: Agent, line: Line) -> None:
    mails = line.put(5)
    assert ids(alice.pull(line, count=2)) == mails[:2]
    assert ids(alice.pull(line, count=100)) == mails[2:]
    assert alice.pull(line, count=100) == []


def test_a_count_is_from_one_to_a_hundred(alice: Agent, line: Line) -> None:
    mail = line.add()
    for wrong in (0, -1, 101, 2**64, 1.5, "1", None, True):
        alice.post(f"queues/{line}/pull", count=wrong).refused(400, "invalid")
    assert ids(alice.pull(line)) == [mail]


def test_what_expires_keeps_its_turn(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """Those that came after it come after it again; several keep their order."""
    first, second = line.put(2, handling_timeout=1)
    third = line.add()
    parties = [one["party"] for one in alice.pull(line, count=2)]
    last = line.add()
    alice.until_revoked(*parties)
    assert ids(bob.pull(line, count=4)) == [first, second, third, last]
    for mail in (first, second):
        log.tells(mail, pulled(), expired(), pulled())


def test_what_is_overdue_comes_after_what_waits(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """Who comes before the server has noticed gets what waits. Who comes later finds it at its old turn: then
    something else has ended it, before."""
    for _ in range(3):
        late = line.add(handling_timeout=1)
        party = alice.take(line)
        waits = line.add()
        alice.server.clock.wait_past(party["deadline_at"])
        first, second = bob.take(line), bob.take_soon(line)
        for taken in (first, second):
            bob.stop(taken).ok()
        assert {first["interaction"], second["interaction"]} == {late, waits}
        events = log.tells(late, pulled(), expired(), pulled(), stopped())
        if first["interaction"] == late:
            assert events[2]["at"] < events[4]["at"]


def test_what_is_revoked_by_hand_keeps_its_turn(alice: Agent, lena: Agent, line: Line, log: Log) -> None:
    first, second = line.put(2)
    alice.take(line)
    lena.revoke(first).ok()
    assert ids(alice.pull(line, count=2)) == [first, second]
    log.tells(first, pulled(), revoked("agent"), pulled())


def test_what_is_placed_goes_to_the_end(alice: Agent, line: Line, log: Log) -> None:
    first, second = line.put(2)
    alice.place(alice.take(line)).ok()
    assert ids(alice.pull(line, count=2)) == [second, first]
    log.tells(first, pulled(), placed(), pulled())


def test_when_it_came_and_when_it_was_placed(alice: Agent, admin: Agent, line: Line) -> None:
    """`moved_to_queue_at` is of the first time, `placed_in_queue_at` of the last."""
    mail = line.add()
    before = admin.look(mail)
    assert before["moved_to_queue_at"] == before["placed_in_queue_at"]
    after = alice.place(alice.take(line)).ok()["interaction"]
    assert after["moved_to_queue_at"] == before["moved_to_queue_at"]
    assert after["placed_in_queue_at"] > before["placed_in_queue_at"]


def test_only_of_these_media(alice: Agent, line: Line) -> None:
    mail, chat = line.add(), line.add(media_type=CHAT)
    assert ids(alice.pull(line, count=5, media_types=[CHAT])) == [chat]
    assert alice.pull(line, count=5, media_types=[CHAT]) == []
    assert ids(alice.pull(line, count=5, media_types=[CHAT, "kit-mail"])) == [mail]
    alice.post(f"queues/{line}/pull", media_types=["kit-smoke-signal"]).refused(400, "invalid")


def test_one_that_is_held_holds_up_nobody(alice: Agent, bob: Agent, line: Line) -> None:
    first, second = line.put(2)
    assert [alice.take(line)["interaction"], bob.take(line)["interaction"]] == [first, second]


def test_what_waits_and_what_is_held_is_counted(alice: Agent, line: Line) -> None:
    """After each step."""

    def counts() -> tuple[int, int, bool]:
        [found] = [one for one in alice.get("queues").ok()["queues"] if one["name"] == str(line)]
        return found["waiting"], found["held"], found["oldest_waiting_at"] is not None

    assert counts() == (0, 0, False)
    line.put(2)
    assert counts() == (2, 0, True)
    party = alice.take(line)
    assert counts() == (1, 1, True)
    alice.place(party).ok()
    assert counts() == (2, 0, True)
    [first, second] = [one["party"] for one in alice.pull(line, count=2)]
    assert counts() == (0, 2, False)
    alice.stop(first).ok()
    assert counts() == (0, 1, False)
    alice.stop(second).ok()
    assert counts() == (0, 0, False)


def test_a_paused_queue_takes_but_does_not_give(alice: Agent, admin: Agent, line: Line, paused: Line) -> None:
    mail = line.add()
    alice.place(alice.take(line), queue=str(paused)).ok()
    paused.add()
    alice.post(f"queues/{paused}/pull").refused(409, "queue_paused")
    alice.post(f"queues/{paused}/pull", wait_seconds=20).refused(409, "queue_paused")
    admin.post(f"queues/{paused}/pull").refused(409, "queue_paused")
    assert (admin.look(mail)["state"], admin.look(mail)["queue"]) == ("queued", str(paused))
