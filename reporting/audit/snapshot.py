"""Log and tables as they were at one instant, streamed side by side in the order of their ids.

State and events commit together, so in one snapshot they agree exactly, whoever writes meanwhile. Cursors
at the server keep the memory the same however long the log is.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection, transaction

from interactions.rows import LOCATION
from interactions.sql import fetch_all, fetch_value, run
from reporting.audit.steps import Names, Place, Step, Visit
from reporting.models import Checkpoint

CHUNK = 5_000


class Row(NamedTuple):
    """An interaction."""

    id: int
    state: str
    queue: str | None
    workbin: int | None
    revocation_count: int
    revision: int
    external_id: str | None
    placed_in_queue_at: datetime | None
    completed_at: datetime | None
    stop_reason: str | None

    @property
    def place(self) -> Place:
        return self.queue, self.workbin


class PartyRow(NamedTuple):
    interaction: int
    id: int
    agent: str
    session: int
    operation: str
    is_open: bool
    end_reason: str | None


class SessionRow(NamedTuple):
    id: int
    agent: str
    ended_at: datetime | None
    end_reason: str | None


EVENTS = """
    SELECT interaction, id, at, event, queue, workbin, party, agent, session, operation, reason, external_id,
        (attributes ->> 'revision')::int, attributes ->> 'from_queue', (attributes ->> 'from_workbin')::bigint
    FROM reporting_event WHERE interaction IS NOT NULL AND id > %(after)s ORDER BY interaction, id
"""
_VISITS = """
    SELECT session, id, at, event, agent, reason
    FROM reporting_event WHERE interaction IS NULL AND session IS NOT NULL AND id > %(after)s
    ORDER BY session, id
"""
_ROWS = f"""
    SELECT i.id, i.state, {LOCATION}, i.revocation_count, i.revision, i.external_id, i.placed_in_queue_at,
        i.completed_at, i.stop_reason
    FROM interactions_interaction i JOIN interactions_queue q ON q.id = i.queue_id
    WHERE {{which}} ORDER BY i.id
"""
_PARTIES = """
    SELECT p.interaction_id, p.id, u.username, p.session_id, p.operation, p.ended_at IS NULL, p.end_reason
    FROM interactions_party p
    JOIN interactions_agent a ON a.id = p.agent_id
    JOIN auth_user u ON u.id = a.user_id
    ORDER BY p.interaction_id, p.id
"""
_SESSIONS = """
    SELECT s.id, u.username, s.ended_at, s.end_reason
    FROM interactions_session s JOIN interactions_agent a ON a.id = s.agent_id
    JOIN auth_user u ON u.id = a.user_id
    WHERE {which} ORDER BY s.id
"""
# From a checkpoint on: what is open, what ended since, what stood then and what was heard of since.
_SINCE = """
    ({open} OR {ended_at} >= %(at)s
        OR {id} IN (SELECT {about} FROM reporting_event WHERE id > %(after)s AND {about} IS NOT NULL)
        OR {id} IN (SELECT number FROM reporting_standing WHERE kind = %(kind)s))
"""
_ROWS_SINCE = _SINCE.format(
    open="i.state <> 'stopped'", ended_at="i.completed_at", id="i.id", about="interaction"
)
_SESSIONS_SINCE = _SINCE.format(open="s.ended_at IS NULL", ended_at="s.ended_at", id="s.id", about="session")
_STANDING = """
    SELECT number, life FROM (
        SELECT DISTINCT ON (number) number, life FROM reporting_standing
        WHERE kind = %(kind)s AND checkpoint_id BETWEEN %(base)s AND %(last)s
        ORDER BY number, checkpoint_id DESC
    ) newest WHERE life IS NOT NULL ORDER BY number
"""
INTERACTION, SESSION = "interaction", "session"  # kinds of Standing

_TWICE = """
    SELECT party, array_agg(DISTINCT interaction ORDER BY interaction), array_agg(id ORDER BY id)
    FROM reporting_event WHERE event = 'EventPartyAdded' AND id > %(after)s
    GROUP BY party HAVING count(DISTINCT interaction) > 1 ORDER BY party
"""


@contextmanager
def snapshot() -> Iterator[None]:
    """One instant for all that is read in it. It writes nothing and locks nobody out.

    The log is locked, as any reader locks it, before the instant is chosen: else a month might be dropped
    in between.
    """
    with transaction.atomic(durable=True):
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        run("SET LOCAL idle_in_transaction_session_timeout = '5min'")  # a reader keeps nobody waiting
        run("SET LOCAL cursor_tuple_fraction = 1")  # all rows will be read
        run("LOCK TABLE reporting_event IN ACCESS SHARE MODE")
        yield


def clock() -> datetime:
    [(now,)] = fetch_all("SELECT transaction_timestamp()")
    return now


def lives(since: Checkpoint | None) -> Iterator[tuple[int, Iterator[Any]]]:
    """For each interaction what is there of it: its life at the checkpoint, Steps, Row, PartyRows."""
    params = _params(since, INTERACTION)
    which = _ROWS_SINCE if since else "true"
    return _side_by_side(
        _standing(since, INTERACTION),
        _stream("events", EVENTS, params, Step._make),
        _stream("rows", _ROWS.format(which=which), params, Row._make),
        _stream("parties", _PARTIES, {}, PartyRow._make),
    )


def stays(since: Checkpoint | None) -> Iterator[tuple[int, Iterator[Any]]]:
    """The same for each session."""
    params = _params(since, SESSION)
    which = _SESSIONS_SINCE if since else "true"
    return _side_by_side(
        _standing(since, SESSION),
        _stream("events", _VISITS, params, Visit._make),
        _stream("sessions", _SESSIONS.format(which=which), params, SessionRow._make),
    )


def parties_of_several(since: Checkpoint | None) -> list[tuple[int, list[int], list[int]]]:
    """Parties that were added to more than one interaction: their ids, the interactions and the events."""
    return fetch_all(_TWICE, {"after": since.event if since else 0})


def names() -> Names:
    queues = fetch_all("SELECT name FROM interactions_queue WHERE NOT is_private")
    agents = fetch_all("SELECT username FROM auth_user")
    return Names({name for (name,) in queues}, {name for (name,) in agents})


def last_interaction() -> int:
    """The highest id, in the tables or in the log."""
    return fetch_value(
        """SELECT greatest((SELECT max(id) FROM interactions_interaction),
                           (SELECT max(interaction) FROM reporting_event), 0)"""
    )


def _params(since: Checkpoint | None, kind: str) -> dict[str, Any]:
    return {"after": since.event, "at": since.at, "kind": kind} if since else {"after": 0}


def _standing(since: Checkpoint | None, kind: str) -> Iterator[tuple[int, Any]]:
    if since is None:
        return iter(())
    params = {"kind": kind, "base": since.base, "last": since.pk}
    return _stream("standing", _STANDING, params, itemgetter(1))


def _stream(
    name: str, statement: str, params: dict[str, Any], make: Callable[[Any], Any]
) -> Iterator[tuple[int, Any]]:
    with connection.connection.cursor(name=f"audit_{name}") as cursor:
        cursor.itersize = CHUNK
        cursor.execute(statement, {key: params[key] for key in params if f"%({key})s" in statement})
        for row in cursor:
            yield row[0], make(row)


def _ranked(rank: int, stream: Iterator[tuple[int, Any]]) -> Iterator[tuple[int, int, Any]]:
    return ((id, rank, item) for id, item in stream)


def _side_by_side(*streams: Iterator[tuple[int, Any]]) -> Iterator[tuple[int, Iterator[Any]]]:
    """All that belongs to an id, from the first stream on."""
    merged = heapq.merge(*[_ranked(rank, stream) for rank, stream in enumerate(streams)])
    for id, items in groupby(merged, key=itemgetter(0)):
        yield id, (item for _, _, item in items)
