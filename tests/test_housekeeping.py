"""What is kept for a day only, and what is never touched."""

from interactions import housekeeping
from interactions.models import AgentMessage, Party, StoredReply
from interactions.sql import run
from tests import cast
from tests.applications import Desk
from tests.clock import let_pass

HOUR = 3600.0


def test_ended_parties_stay_for_a_day(alice: Desk) -> None:
    cast.fill(1)
    alice.stop_held(alice.take()).ok()
    let_pass(23 * HOUR)
    assert housekeeping.purge() == 0
    let_pass(2 * HOUR)
    assert housekeeping.purge() == 1
    assert not Party.objects.exists()


def test_an_open_party_is_never_purged(alice: Desk) -> None:
    cast.fill(1)
    alice.take()
    let_pass(30 * 24 * HOUR)
    assert housekeeping.purge() == 0
    assert Party.objects.filter(ended_at=None).count() == 1


def test_messages_stay_an_hour_longer_than_any_good_cursor(alice: Desk, lena: Desk) -> None:
    cast.fill(1)
    lena.revoke(alice.take()["interaction"]).ok()
    assert AgentMessage.objects.count() == 1
    let_pass(24.5 * HOUR)
    assert purge_messages() == 0
    let_pass(HOUR)
    assert purge_messages() == 1


def purge_messages() -> int:
    before = AgentMessage.objects.count()
    housekeeping.purge()
    return before - AgentMessage.objects.count()


def test_stored_replies_stay_for_a_day(alice: Desk) -> None:
    alice.post_once("k-1", "keep-alive").ok()
    let_pass(23 * HOUR)
    assert housekeeping.purge() == 0
    let_pass(2 * HOUR)
    assert housekeeping.purge() == 1
    assert not StoredReply.objects.exists()


def test_a_purge_goes_on_beyond_its_batch(alice: Desk) -> None:
    run(
        """INSERT INTO interactions_agentmessage (at, event, agent_id, body)
           SELECT now() - interval '2 days', 'EventRevoked', a.id, '{}'
           FROM interactions_agent a, generate_series(1, %(many)s)""",
        {"many": 2 * housekeeping.BATCH + 1},
    )
    assert housekeeping.purge() == 2 * housekeeping.BATCH + 1
