"""What a benchmark asks of the obvious way: its tables, its web processes, its pulls."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from django.conf import settings

from benchmarks.kit import processes, wrk
from benchmarks.kit.processes import Site
from interactions.sql import fetch_value, run

ENVIRONMENT = {"DJANGO_SETTINGS_MODULE": "benchmarks.obvious.settings"}
PULL = "/api/v1/queues/mail/pull"
KEEP_ALIVE = "/api/v1/keep-alive"
CAPACITY, HANDLING_TIMEOUT = 1_000_000, 600

_AGENTS = """
    WITH team AS (INSERT INTO auth_group (name) VALUES ('team') RETURNING id),
    q AS (
        INSERT INTO obvious_queue (name, handling_timeout) VALUES ('mail', %(timeout)s) RETURNING id
    ),
    may AS (INSERT INTO obvious_queue_groups (queue_id, group_id) SELECT q.id, team.id FROM q, team),
    u AS (
        INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff,
            is_active, date_joined)
        SELECT '!', false, 'obvious' || n, '', '', '', false, true, now()
        FROM generate_series(1, %(agents)s) AS n
        RETURNING id, username
    ),
    member AS (INSERT INTO auth_user_groups (user_id, group_id) SELECT u.id, team.id FROM u, team),
    a AS (INSERT INTO obvious_agent (user_id, capacity) SELECT id, %(capacity)s FROM u)
    INSERT INTO authtoken_token (key, created, user_id)
    SELECT replace(username, 'obvious', 'token'), now(), id FROM u
"""
_WAITING = """
    INSERT INTO obvious_item (queue_id, state, priority, user_data, received_at)
    SELECT q.id, 'queued', 0, '{"subject": "A question"}', now()
    FROM generate_series(1, %(waiting)s), obvious_queue q
"""
_HELD = """
    WITH item AS (
        INSERT INTO obvious_item (queue_id, state, priority, user_data, received_at)
        SELECT q.id, 'handling', 0, '{}', now() FROM obvious_agent, obvious_queue q RETURNING id
    ),
    numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM item),
    a AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM obvious_agent)
    INSERT INTO obvious_hold (item_id, agent_id, joined_at, last_reset_at, deadline_at, handling_timeout,
        task_id)
    SELECT numbered.id, a.id, now(), now(), now() + interval '1 hour', %(timeout)s, gen_random_uuid()
    FROM numbered JOIN a USING (n)
"""


def make(agents: int, waiting: int, capacity: int = CAPACITY) -> None:
    """Once a database. Its tables stand beside ours; it shares auth_user with us, as any app would. Each
    agent holds one already.
    """
    migrate = [sys.executable, "-W", "ignore", "-m", "django", "migrate", "--run-syncdb", "-v", "0"]
    subprocess.run(migrate, env=os.environ | ENVIRONMENT, cwd=settings.BASE_DIR, check=True)
    run(_AGENTS, {"agents": agents, "capacity": capacity, "timeout": HANDLING_TIMEOUT})
    run(_WAITING, {"waiting": waiting})
    run(_HELD, {"timeout": HANDLING_TIMEOUT})
    run("ANALYZE")


def tokens(agents: int) -> range:
    return range(1, agents + 1)


@contextlib.contextmanager
def site(count: int = 2, *, has_worker: bool = False) -> Iterator[Site]:
    worker = ["-m", "celery", "--quiet", "-A", "benchmarks.obvious.tasks", "worker", "-c", "2", "-l", "error"]
    with contextlib.ExitStack() as stack:
        if has_worker:
            stack.enter_context(processes.running(*worker, env=ENVIRONMENT))
        yield stack.enter_context(processes.web(count, "benchmarks.obvious.web", env=ENVIRONMENT))


def pulls_a_second(site: Site, tokens: range, seconds: float = 5) -> float:
    """It fails if there was not enough to pull."""
    before = held()
    load = wrk.load(site, "POST", PULL, {}, tokens=tokens, seconds=seconds)
    pulled = held() - before
    if pulled < load.requests:
        raise RuntimeError(f"Of {load.requests:,} pulls only {pulled:,} found something: let more wait.")
    return load.a_second


def held() -> int:
    return fetch_value("SELECT count(*) FROM obvious_hold")
