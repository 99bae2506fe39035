"""A restore to a point in time: what the promises are worth after it."""

from pathlib import Path

import pytest
from django.core.management import call_command

from interactions.restoring import GAP
from interactions.statements.locks import read_now
from tests import cast
from tests.applications import Application, Desk, Log
from tests.backups import Backup
from tests.clock import make_overdue
from tests.processes import manage
from tests.tables import rows
from tests.web import web

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_gone_does_not_come_back(
    alice: Desk, bob: Desk, gateway: Application, log: Log, tmp_path: Path
) -> None:
    """Holds and sessions of the backup end, with their events; tokens and ids of what is lost stay dead."""
    held, overdue, _ = cast.fill(3)
    alice.take()
    backup = Backup(tmp_path)
    backup.take()
    with backup.receiving():
        bob.take()
        make_overdue(overdue)
        log.skip()
        at = read_now()
        alice.stop_held(alice.parties()[0]).ok()
        cast.agent("carol", cast.TEAM)
        carol = cast.log_in("carol")
        lost = gateway.submit().ok(201)["interaction"]["id"]
        log.skip()  # so its reader has read what will be lost

    with backup.restored(tmp_path / "data", at) as there, web(**there) as site:
        reader = Log(site.application(log.reader), log.cursor)
        desk = site.desk(alice)
        [party] = desk.parties()
        assert party["interaction"] == held  # she would work on, as if nothing had been

        restored = manage("after_restore", "--no-input", **there)

        assert restored.returncode == 0, restored.stderr
        assert "2 sessions were ended. What they held waits again." in restored.stdout
        assert desk.get("parties").refused(401, "not_authenticated")["reason"] == "ended"
        assert site.desk(carol).get("parties").refused(401, "not_authenticated")["reason"] == "unknown"
        assert reader.brief() == [
            "EventPartyRemoved Logout LoggedOut by admin @email-support",
            "EventAgentLogout Logout LoggedOut by admin",
            "EventPartyRemoved Revoke Expired by timer @email-support",
            "EventRevoked Revoke Expired by timer @email-support",
            "EventAgentLogout Logout LoggedOut by admin",
        ]
        new = site.application(gateway).submit().ok(201)["interaction"]
        assert new["id"] > lost + GAP / 2
        states = {one["id"]: one["state"] for one in waiting_at(site.application(gateway))}
        assert {held, overdue, new["id"]} <= {id for id, state in states.items() if state == "queued"}
        audit = manage("audit", **there)
        assert audit.returncode == 0, audit.stdout


def waiting_at(gateway: Application) -> list[dict[str, object]]:
    found: list[dict[str, object]] = gateway.get("interactions").ok()["results"]
    return found


def test_whoever_hesitates_changes_nothing(alice: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "")
    before = rows()
    call_command("after_restore")
    assert rows() == before
    assert alice.parties() == []
