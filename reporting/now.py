"""The present: who waits where, for how long, and in whose hands.

Rows are not counted one by one: the totals say how things stood at the last event that is counted, and
the few events since say the rest. Both are read in one snapshot, so the sum is exact. Only when the counting
is far behind are the tables counted.
"""

from dataclasses import dataclass, field
from datetime import datetime

from interactions.lags import revocation_lag
from interactions.sql import fetch_all
from interactions.statements.locks import read_now
from reporting.intervals import projector
from reporting.intervals.reading import CHANGES, Levels
from reporting.intervals.tally import SELECT, Tally, Told
from reporting.models import Kind
from reporting.snapshot import snapshot

FAR = 2_000  # events that are not counted yet

_SINCE = f"{SELECT} WHERE id > %(event)s ORDER BY id LIMIT %(limit)s"

_TOTALS = f"SELECT kind, key, {', '.join(CHANGES)} FROM reporting_total WHERE projection_id = %(projection)s"

_QUEUES = """
    SELECT q.id, q.name, q.is_private, q.is_paused, (
        SELECT i.waiting_since FROM interactions_interaction i
        WHERE i.queue_id = q.id AND i.state = 'queued' ORDER BY i.waiting_since LIMIT 1
    )
    FROM interactions_queue q WHERE NOT q.is_private OR q.id = ANY(%(workbins)s::bigint[])
    ORDER BY q.position, q.name
"""

_WORKBINS = """
    SELECT w.queue_id, t.name, coalesce(u.username, g.name, p.name, pg.name)
    FROM workbins_workbin w
    JOIN workbins_workbintype t ON t.id = w.type_id
    LEFT JOIN interactions_agent a ON a.id = w.agent_id
    LEFT JOIN auth_user u ON u.id = a.user_id
    LEFT JOIN interactions_agentgroup g ON g.id = w.agent_group_id
    LEFT JOIN interactions_place p ON p.id = w.place_id
    LEFT JOIN interactions_placegroup pg ON pg.id = w.place_group_id
    WHERE w.queue_id = ANY(%(ids)s::bigint[])
"""

# Of those who are logged in or hold something: with the deadline that comes first, in words that need no
# reading in Python, for there may be thousands.
_AGENTS = """
    SELECT u.username, coalesce(s.open, 0), a.capacity,
        to_char(first.deadline_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        CASE WHEN first.deadline_at IS NOT NULL
            THEN greatest(0, extract(epoch FROM first.deadline_at - statement_timestamp()))::float
        END
    FROM interactions_agent a
    JOIN auth_user u ON u.id = a.user_id
    LEFT JOIN (
        SELECT agent_id, count(*) AS open FROM interactions_session WHERE ended_at IS NULL GROUP BY agent_id
    ) s ON s.agent_id = a.id
    LEFT JOIN LATERAL (
        SELECT p.deadline_at FROM interactions_party p
        WHERE p.agent_id = a.id AND p.ended_at IS NULL ORDER BY p.deadline_at LIMIT 1
    ) first ON true
    WHERE s.open > 0 OR first.deadline_at IS NOT NULL
    ORDER BY u.username
"""

_COUNT_WAITING = """
    SELECT queue_id, count(*) FROM interactions_interaction WHERE state = 'queued' GROUP BY queue_id
"""
_COUNT_HELD = """
    SELECT i.queue_id, u.username, count(*)
    FROM interactions_party p
    JOIN interactions_interaction i ON i.id = p.interaction_id
    JOIN interactions_agent a ON a.id = p.agent_id
    JOIN auth_user u ON u.id = a.user_id
    WHERE p.ended_at IS NULL GROUP BY 1, 2
"""


@dataclass(slots=True)
class Line:
    """A queue, by its name, or a workbin, by its id."""

    waiting: int
    held: int
    oldest_waiting_at: datetime | None
    queue: str | None = None
    is_paused: bool = False
    workbin: int | None = None
    type: str = ""
    owner: str = ""


@dataclass(slots=True)
class AtWork:
    """An agent who is logged in or holds something."""

    agent: str
    holds: int
    sessions: int
    capacity: int | None
    deadline_at: str | None  # an instant (see interactions.instants): the first of all holds
    seconds_left: float | None

    @property
    def state(self) -> str:
        if self.holds:
            return "handling"
        return "ready" if self.sessions else "away"


@dataclass(slots=True)
class Now:
    at: datetime
    queues: list[Line] = field(default_factory=list)
    workbins: list[Line] = field(default_factory=list)
    agents: list[AtWork] = field(default_factory=list)
    revocation_lag: float = 0.0  # seconds
    events_not_counted: int = 0


def look() -> Now:
    """Every public queue, the workbins that are not empty, and the agents at work."""
    with snapshot():
        levels, behind = read_levels()
        now = Now(read_now(), revocation_lag=revocation_lag(), events_not_counted=behind)
        workbins = [int(key) for (kind, key), level in levels.items() if kind == Kind.WORKBIN and level]
        for id, name, is_private, is_paused, oldest in fetch_all(_QUEUES, {"workbins": workbins}):
            level = levels.get((Kind.WORKBIN, str(id)) if is_private else (Kind.QUEUE, name), Levels())
            line = Line(level.waiting, level.held, oldest)
            if not is_private:
                line.queue, line.is_paused = name, is_paused
                now.queues.append(line)
            else:
                line.workbin = id
                now.workbins.append(line)
        owners = {id: (type, owner) for id, type, owner in _owners(now.workbins)}
        for line in now.workbins:
            assert line.workbin is not None
            line.type, line.owner = owners.get(line.workbin, ("", ""))
        holds = {
            key: level.held for (kind, key), level in levels.items() if kind == Kind.AGENT and level.held
        }
        now.agents = [AtWork(agent, holds.get(agent, 0), *terms) for agent, *terms in fetch_all(_AGENTS)]
    return now


def _owners(lines: list[Line]) -> list[tuple[int, str, str]]:
    return fetch_all(_WORKBINS, {"ids": [line.workbin for line in lines]}) if lines else []


def read_levels() -> tuple[dict[tuple[str, str], Levels], int]:
    """The levels of this moment by kind and key, and how many events were not counted. In a snapshot."""
    projection = projector.live()
    totals = fetch_all(_TOTALS, {"projection": projection.pk})
    levels = {(kind, key): Levels(*changes) for kind, key, *changes in totals}
    params = {"event": projection.event, "limit": FAR + 1}
    since = [Told(*values) for values in fetch_all(_SINCE, params)]
    if len(since) > FAR:
        return count_levels(), len(since)
    tally = Tally()
    tally.count(since)
    for (kind, key, _), row in tally.rows.items():
        levels[kind, key] = levels.get((kind, key), Levels()).after(row)
    return levels, len(since)


def count_levels() -> dict[tuple[str, str], Levels]:
    """The same from the tables, row by row."""
    names = {
        id: (Kind.WORKBIN, str(id)) if is_private else (Kind.QUEUE, name)
        for id, name, is_private, *_ in fetch_all("SELECT id, name, is_private FROM interactions_queue")
    }
    levels: dict[tuple[str, str], Levels] = {}

    def move(of: tuple[str, str], waiting: int = 0, held: int = 0) -> None:
        levels[of] = levels.get(of, Levels()).moved(waiting, held, 0)

    for queue, count in fetch_all(_COUNT_WAITING):
        move(names[queue], waiting=count)
        move((Kind.SERVER, ""), waiting=count)
    for queue, agent, count in fetch_all(_COUNT_HELD):
        for of in (names[queue], (Kind.AGENT, agent), (Kind.SERVER, "")):
            move(of, held=count)
    return levels
