"""A database that is there, and takes no changes: a primary that has become a standby, say."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from interactions import signals
from interactions.models import Party
from interactions.sql import run
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Desk, Log, browser
from tests.audit import audit
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

READ_ONLY = "default_transaction_read_only"


@pytest.fixture(autouse=True)
def another_connection_afterwards(transactional_db: None) -> Iterator[None]:
    """For whoever comes next, whatever became of this one."""
    yield
    connection.close()


def becomes_a_standby() -> None:
    """The server that this process has been connected to. Who connects anew finds the new primary."""
    run(f"SET {READ_ONLY} = on")


@pytest.fixture
def no_primary(support: str) -> Iterator[None]:
    """Every server takes no changes."""
    name = connection.settings_dict["NAME"]
    run(f"ALTER DATABASE {name} SET {READ_ONLY} = on")
    connection.close()
    try:
        yield
    finally:
        run(f"SET {READ_ONLY} = off")
        run(f"ALTER DATABASE {name} RESET {READ_ONLY}")
        connection.close()


def test_who_is_connected_to_a_standby_connects_anew(alice: Desk, log: Log) -> None:
    cast.fill(1)
    log.skip()
    becomes_a_standby()
    assert alice.keep_alive().ok()["parties"] == []
    becomes_a_standby()
    party = alice.take()
    becomes_a_standby()
    make_overdue_elsewhere(party["interaction"])
    assert revoke_due.apply().state == "SUCCESS"
    assert [event["event"] for event in log.new()] == [
        "EventTakenFromQueue",
        "EventPartyAdded",
        "EventPartyRemoved",
        "EventRevoked",
    ]
    audit()


def make_overdue_elsewhere(interaction: int) -> None:
    run(f"SET {READ_ONLY} = off")
    make_overdue(interaction)
    run(f"SET {READ_ONLY} = on")


def test_while_there_is_no_primary(alice: Desk, no_primary: None) -> None:
    """Refused as if it were away; and the balancer is told."""
    for reply in (alice.keep_alive(), alice.post("queues/email-support/pull"), alice.submit()):
        reply.refused(503, "unavailable")
        assert reply.headers["Retry-After"] == "1"
    cast_out = browser().post(
        "/api/v1/sessions", {"username": "alice", "password": cast.PASSWORD}, content_type="application/json"
    )
    assert cast_out.status_code == 503
    assert revoke_due.apply().state == "SUCCESS"
    ready = browser().get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["wrong"]["database"] == "it takes no changes"


def test_who_stood_still_for_too_long_amid_a_transaction(alice: Desk, log: Log) -> None:
    """As a host does that is moved: PostgreSQL has cut it off, and it is done once, by another try."""
    cast.fill(1)
    log.skip()
    naps = [0.5]

    def doze(**_: Any) -> None:
        if naps:
            run("SET idle_in_transaction_session_timeout = 100")
            time.sleep(naps.pop())

    signals.taken_from_queue.connect(doze)
    try:
        party = alice.take()
    finally:
        signals.taken_from_queue.disconnect(doze)
    assert [open_one.pk for open_one in Party.objects.filter(ended_at=None)] == [party["id"]]
    assert [event["event"] for event in log.new()] == ["EventTakenFromQueue", "EventPartyAdded"]
    audit()
