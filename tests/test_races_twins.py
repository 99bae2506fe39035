"""What the races would do without their locks: each of these shows that its test can fail."""

import pytest
from django.db import transaction

from interactions import sessions
from interactions.callers import AgentCaller
from interactions.lines import Line
from interactions.models import Party, Queue
from interactions.statements import claim
from tests import cast
from tests.applications import Desk
from tests.crowd import another_connection, crowd

pytestmark = pytest.mark.django_db(transaction=True)


def take_without_locking_the_agent(desk: Desk, capacity: int | None = None) -> int:
    caller = sessions.identify(desk.token, resets=False)
    assert isinstance(caller, AgentCaller)
    line = Line([Queue.objects.get(name=cast.SUPPORT).pk], False, capacity, None)
    return len(claim.claim_in_line(caller, line, 1).rows)


def test_who_looks_first_and_takes_then_is_not_alone(alice: Desk) -> None:
    [interaction] = cast.fill(1)
    look = "SELECT id FROM interactions_interaction WHERE state = 'queued'"
    with another_connection() as one, another_connection() as other:
        assert one.execute(look).fetchall() == other.execute(look).fetchall() == [(interaction,)]


def test_a_hold_survives_the_last_session(alice: Desk) -> None:
    cast.fill(1)
    with another_connection() as log_out:
        assert log_out.execute("SELECT FROM interactions_party").rowcount == 0  # nothing to release
        log_out.execute("UPDATE interactions_session SET ended_at = now(), end_reason = 'LoggedOut'")
        assert take_without_locking_the_agent(alice) == 1
        log_out.commit()
    assert Party.objects.filter(ended_at=None, session__ended_at__isnull=False).exists()


def test_two_pulls_exceed_the_capacity(alice: Desk) -> None:
    cast.fill(2)
    with transaction.atomic(), crowd() as people:
        assert take_without_locking_the_agent(alice, capacity=1) == 1
        assert people.start(lambda: take_without_locking_the_agent(alice, capacity=1))() == 1
    assert Party.objects.filter(ended_at=None).count() == 2
