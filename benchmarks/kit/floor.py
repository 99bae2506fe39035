"""A contact centre of any size, made in a few statements: what a benchmark starts from."""

import contextlib
import time
from collections.abc import Iterator

from config import configuration
from interactions import sessions
from interactions.callers import AgentCaller
from interactions.sql import fetch_one, fetch_value, run

DOCUMENT = {
    "media_types": [{"name": "email"}, {"name": "other"}],
    "agent_groups": ["team"],
    "queues": [{"name": "mail", "agent_groups": ["team"]}],
    "services": [{"name": "gateway", "role": "media_server"}],
}

_AGENTS = """
    WITH u AS (
        INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff,
            is_active, date_joined)
        SELECT '!', false, 'agent' || n, '', '', '', false, true, now()
        FROM generate_series(%(first)s::int, %(last)s::int) AS n
        RETURNING id
    ),
    a AS (INSERT INTO interactions_agent (user_id, is_supervisor) SELECT id, false FROM u RETURNING id),
    member AS (
        INSERT INTO interactions_agent_groups (agent_id, agentgroup_id)
        SELECT a.id, g.id FROM a, interactions_agentgroup g
    )
    INSERT INTO interactions_session (agent_id, application, token_hash)
    SELECT id, 'benchmark', sha256(('token' || id)::bytea) FROM a
"""
_NEW = """
    INSERT INTO interactions_interaction (media_type_id, interaction_type, interaction_subtype, queue_id,
        state, priority, user_data, received_at, submitted_by, moved_to_queue_at, placed_in_queue_at,
        revocation_count)
    SELECT m.id, '', '', q.id, %(state)s, 0, '{"subject": "A question"}', now(), 'gateway', now(), now(), 0
    FROM generate_series(1, %(count)s::int), interactions_mediatype m, interactions_queue q
    WHERE m.name = 'email' AND q.name = 'mail'
"""
_TAKEN = """
    taken AS (
        SELECT id FROM interactions_interaction WHERE state = 'queued' ORDER BY id DESC LIMIT %(count)s
    ),
    i AS (UPDATE interactions_interaction i SET state = 'handling' FROM taken WHERE i.id = taken.id)
"""
_HOLDS = """,
    chosen AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM taken),
    s AS (SELECT id, agent_id, row_number() OVER (ORDER BY id) AS n FROM interactions_session)
    INSERT INTO interactions_party (interaction_id, agent_id, session_id, operation, joined_at,
        handling_timeout, last_reset_at, deadline_at)
    SELECT chosen.id, s.agent_id, s.id, 'Pull', now(), %(timeout)s, now(),
        now() + (%(first)s + %(spread)s::float * chosen.n / %(count)s) * interval '1 second'
    FROM chosen JOIN s ON s.n = 1 + chosen.n %% (SELECT count(*) FROM interactions_session)
"""
_END = """
    WITH ended AS (
        UPDATE interactions_party SET ended_at = now(), end_reason = 'Stopped' WHERE ended_at IS NULL
        RETURNING interaction_id
    )
    UPDATE interactions_interaction i SET state = 'stopped', completed_at = now()
    FROM ended WHERE i.id = ended.interaction_id
"""


def make(agents: int, waiting: int) -> None:
    configuration.apply(DOCUMENT)
    add_agents(agents)
    submit(waiting)
    run("ANALYZE")


@contextlib.contextmanager
def unchecked() -> Iterator[None]:
    """Without foreign keys being looked up, for what is big: all rows here are right as they are made."""
    run("SET session_replication_role = replica")
    try:
        yield
    finally:
        run("RESET session_replication_role")


def add_agents(count: int) -> None:
    before = fetch_value("SELECT count(*) FROM interactions_agent")
    run(_AGENTS, {"first": before + 1, "last": before + count})


def submit(count: int) -> None:
    run(_NEW, {"count": count, "state": "queued"})


def stop_all() -> None:
    """All that is held."""
    run(_END)


def hold(held: int, first: float, spread: float, timeout: int = 600) -> None:
    """Give the last that wait to the agents in turn; deadlines from `first` seconds on after the call's
    begin, over `spread`."""
    run(f"WITH {_TAKEN} {_HOLDS}", {"count": held, "first": first, "spread": spread, "timeout": timeout})


def submit_held(held: int, first: float, spread: float, timeout: int = 600) -> None:
    """The same with new ones, in half the time."""
    given = {"count": held, "first": first, "spread": spread, "timeout": timeout, "state": "handling"}
    run(f"WITH taken AS ({_NEW} RETURNING id) {_HOLDS}", given)


def tokens(agents: int) -> range:
    """The numbers of the first agents' tokens."""
    first = fetch_value("SELECT min(id) FROM interactions_agent")
    return range(first, first + agents)


def caller(token: int) -> AgentCaller:
    found = sessions.identify(f"token{token}", resets=False)
    assert isinstance(found, AgentCaller)
    return found


def queue() -> int:
    return fetch_value("SELECT id FROM interactions_queue WHERE name = 'mail'")


def fill() -> None:
    """As in the beginning: all wait, nobody holds, nothing was reported. No garbage of what was before."""
    wait_until_idle()
    run("TRUNCATE interactions_party, reporting_event, interactions_agentmessage")
    run("UPDATE interactions_interaction SET state = 'queued', revocation_count = 0 WHERE state = 'handling'")
    run("VACUUM ANALYZE interactions_interaction, interactions_session")


def held() -> int:
    return fetch_value("SELECT count(*) FROM interactions_party")


def wait_until_idle() -> None:
    """Whoever sent requests is gone; the server may still be at the last of them."""
    busy = """SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'
              AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
    quiet = 0
    while quiet < 5:
        quiet = 0 if fetch_one(busy) else quiet + 1
        time.sleep(0.02)
