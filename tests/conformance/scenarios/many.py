"""Many holds of one silent holder all expire, in time."""

from ..cast import Agent
from ..floor import CAP
from ..instants import seconds_of
from ..log import Log, expired, pulled
from ..places import Line
from ..server import Inconclusive

HOLDS = 60


def test_sixty_holds_that_end_a_few_milliseconds_apart(alice: Agent, capped: Line, log: Log) -> None:
    """By their caps, which no request moves: each at its own instant."""
    mails = capped.put(HOLDS)
    parties = [alice.take(capped) for _ in mails]
    ends = [seconds_of(party["deadline_at"]) for party in parties]
    assert len(set(ends)) == HOLDS
    if ends[-1] - ends[0] >= CAP:
        raise Inconclusive("the first has expired before the last was taken")
    alice.until_revoked(*parties)
    for mail in mails:
        log.promises(mail, pulled("capped"), expired("capped"))


def test_thirty_holds_that_end_at_one_instant(alice: Agent, line: Line, log: Log) -> None:
    """Taken one by one: each pull resets those before it, so the last one's deadline is that of all."""
    mails = line.put(HOLDS // 2, handling_timeout=2)
    for _ in mails:
        alice.take(line)
    told = alice.until_revoked(*alice.keep_alive())
    assert {letter["reason"] for letter in told} == {"Expired"}
    for mail in mails:
        log.promises(mail, pulled(), expired())
