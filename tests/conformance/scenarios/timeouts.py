"""Zero and huge timeouts, which of them counts, and the hard cap."""

from ..cast import Agent
from ..floor import CAP, CAPPED_TIMEOUT, CHAT, CHAT_TIMEOUT, SHORT
from ..instants import later, seconds_of
from ..log import Log, expired, placed, pulled, stopped
from ..places import Line


def test_a_timeout_is_from_a_second_to_a_day(admin: Agent, line: Line) -> None:
    for wrong in (0, -1, 86_401, 2**31, 2**64, 1.5, "60", True, [60]):
        problem = admin.submit(queue=str(line), handling_timeout=wrong).refused(400, "invalid")
        assert list(problem["errors"]) == ["handling_timeout"], wrong


def test_the_shortest_and_the_longest(alice: Agent, line: Line) -> None:
    line.add(handling_timeout=1)
    line.add(handling_timeout=86_400)
    parties = [one["party"] for one in alice.pull(line, count=2)]
    for party, timeout in zip(parties, (1, 86_400), strict=True):
        assert party["handling_timeout"] == timeout
        assert party["deadline_at"] == later(party["joined_at"], timeout)


def test_the_shortest_expires_and_the_longest_does_not(alice: Agent, line: Line, log: Log) -> None:
    short, long = line.add(handling_timeout=1), line.add(handling_timeout=86_400)
    shorter, longer = [one["party"] for one in alice.pull(line, count=2)]
    alice.until_revoked(shorter)
    assert alice.holds() == [longer["id"]]
    log.tells(short, pulled(), expired())
    log.tells(long, pulled())


def test_which_timeout_counts(alice: Agent, short: Line, plain: Line) -> None:
    """The interaction's own, else the queue's, else the media type's, else the server's."""

    def timeout(line: Line, **given: object) -> int:
        line.add(**given)
        found: int = alice.take(line)["handling_timeout"]
        return found

    assert timeout(short, handling_timeout=9, media_type=CHAT) == 9
    assert timeout(short, media_type=CHAT) == SHORT
    assert timeout(plain, media_type=CHAT) == CHAT_TIMEOUT
    assert 1 <= timeout(plain) <= 86_400
    assert timeout(short, handling_timeout=None) == SHORT


def test_each_hold_begins_anew(alice: Agent, line: Line, log: Log) -> None:
    """With the whole timeout, however long an earlier one was kept."""
    mail = line.add(handling_timeout=1)
    for _ in range(2):
        party = alice.take(line)
        assert party["deadline_at"] == later(party["joined_at"], 1)
        [kept] = alice.keep_for(1.2, timeout=1, every=0.2)
        alice.until_revoked(kept)
    log.tells(mail, pulled(), expired(), pulled(), expired())


# --- The cap ------------------------------------------------------------------------------------------


def test_no_request_moves_a_deadline_beyond_the_cap(alice: Agent, capped: Line, log: Log) -> None:
    """A busy agent loses it all the same."""
    mail = capped.add()
    party = alice.take(capped)
    assert party["handling_timeout"] == CAPPED_TIMEOUT
    assert party["expires_at"] == party["deadline_at"] == later(party["joined_at"], CAP)
    [kept] = alice.keep_for(CAP - 1, timeout=CAP)
    assert kept["deadline_at"] == party["expires_at"]
    while held := alice.keep_alive():
        assert held[0]["deadline_at"] == party["expires_at"]
    alice.until_revoked(party)
    alice.stop(party).refused(409, "not_held", reason="expired")
    log.tells(mail, pulled("capped"), expired("capped"))


def test_a_quiet_agent_loses_it_before_the_cap(alice: Agent, capped: Line, log: Log) -> None:
    mail = capped.add(handling_timeout=1)
    party = alice.take(capped)
    assert party["deadline_at"] == later(party["joined_at"], 1)
    assert party["expires_at"] == later(party["joined_at"], CAP)
    alice.until_revoked(party)
    log.tells(mail, pulled("capped"), expired("capped"))


def test_the_next_hold_has_a_cap_of_its_own(alice: Agent, capped: Line, log: Log) -> None:
    mail = capped.add()
    first = alice.take(capped)
    alice.place(first).ok()
    second = alice.take(capped)
    assert second["expires_at"] == later(second["joined_at"], CAP)
    assert seconds_of(second["expires_at"]) > seconds_of(first["expires_at"])
    alice.stop(second).ok()
    log.tells(mail, pulled("capped"), placed(at="capped"), pulled("capped"), stopped(at="capped"))
