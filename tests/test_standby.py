"""The primary dies, and its standby takes its place: what was told stays so."""

import secrets
import signal
from pathlib import Path
from urllib.parse import quote, unquote

import psycopg
import pytest
from django.db import connection

from config.embedded import Servers
from tests import cast
from tests.applications import Desk, Log
from tests.backups import Backup, ours, servers_of
from tests.processes import manage, until
from tests.web import web
from tests.workers import worker

pytestmark = pytest.mark.django_db(transaction=True)


# A lagging standby lacks the last of it, and so does what follows: docs/operating.md.
HAS_ALL = """
    SELECT bool_and(replay_lsn = pg_current_wal_insert_lsn())
    FROM pg_stat_replication WHERE state = 'streaming'
"""


def ask(servers: Servers, statement: str) -> object:
    password = unquote(ours().password or "")
    with psycopg.connect(
        host=str(servers.sockets), user="workbin", password=password, dbname="postgres", autocommit=True
    ) as there:
        row = there.execute(statement.encode()).fetchone()
        return row and row[0]


def follows(servers: Servers) -> str:
    """How a standby is told of its primary."""
    password = unquote(ours().password or "")
    return f"primary_conninfo = 'host={servers.sockets} user=workbin password={password}'\n"


def either(*servers: Servers) -> dict[str, str]:
    """As docs/operating.md has it: whichever takes changes."""
    hosts = quote(",".join(str(each.sockets) for each in servers), safe="/,")
    name = connection.settings_dict["NAME"]
    url = f"postgresql://workbin:{ours().password}@/{name}?host={hosts}&target_session_attrs=read-write"
    return {"DATABASE_URL": url, "SECRET_KEY": secrets.token_urlsafe(50)}


def test_a_failover(alice: Desk, bob: Desk, log: Log, tmp_path: Path) -> None:
    """Of a web process and a worker, which find their way by themselves."""
    cast.fill(1)
    cast.fill(1, handling_timeout=1)
    backup = Backup(tmp_path)
    backup.take()
    with (
        servers_of(backup.base, tmp_path / "one") as one,
        servers_of(backup.base, tmp_path / "two", "standby.signal", follows(one)) as two,
        web(**either(one, two)) as site,
        worker(**either(one, two)),
    ):
        desk = site.desk(alice)
        party = desk.take()
        until(lambda: ask(one, HAS_ALL))

        one.processes["postgres"].send_signal(signal.SIGQUIT)  # as sudden; and leaves no shared memory behind
        one.processes["postgres"].wait(20)
        desk.keep_alive().refused(503, "unavailable")
        ask(two, "SELECT pg_promote()")

        until(lambda: desk.keep_alive().status == 200)
        assert [each["id"] for each in desk.keep_alive().ok()["parties"]] == [party["id"]]
        desk.stop_held(party).ok()
        site.desk(bob).take()
        reader = Log(site.application(log.reader), log.cursor)
        until(lambda: reader.brief()[-1:] == ["EventRevoked Revoke Expired by timer @email-support"])
        audit = manage("audit", **either(one, two))
        assert audit.returncode == 0, audit.stderr
