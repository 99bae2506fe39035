"""All commands count on READ COMMITTED, whatever the database's default is."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection

from interactions.models import Agent
from interactions.sql import fetch_value, run
from tests import cast
from tests.applications import Desk
from tests.crowd import PATIENT, another_connection, crowd, until_waiting

pytestmark = pytest.mark.django_db(transaction=True)

LOCK_AGENTS = "SELECT FROM interactions_agent FOR UPDATE"


@pytest.fixture
def strict(support: str) -> Iterator[None]:
    """A default that suits others."""
    name = connection.settings_dict["NAME"]
    run(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    connection.close()
    yield
    run(f"ALTER DATABASE {name} RESET default_transaction_isolation")
    connection.close()


def submit_at_capacity(alice: Desk, *, as_we_connect: bool) -> Counter[int]:
    """Two windows of one agent, for one place. The statuses that they get."""
    Agent.objects.update(capacity=1)
    windows = [alice, cast.log_in("alice")]
    ours = connection.settings_dict["OPTIONS"]["options"] if as_we_connect else ""
    with another_connection() as other, crowd(options=f"{ours} {PATIENT}") as people:
        other.execute(LOCK_AGENTS)
        replies = [people.start(desk.submit) for desk in windows]
        until_waiting(2, LOCK_AGENTS.partition(" FOR")[0])
        other.commit()
        return Counter(reply().status for reply in replies)


def test_who_has_waited_sees_what_is_there_then(strict: None, alice: Desk) -> None:
    assert fetch_value("SHOW transaction_isolation") == "read committed"
    assert submit_at_capacity(alice, as_we_connect=True) == {201: 1, 409: 1}


def test_with_another_isolation_both_would_get_one(strict: None, alice: Desk) -> None:
    """The twin: the second one does not see what the first has taken while it waited."""
    assert submit_at_capacity(alice, as_we_connect=False) == {201: 2}
