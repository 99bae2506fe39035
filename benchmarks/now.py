"""What a look at the present costs at a million interactions and 100,000 holds, by levels and by counting."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from benchmarks.kit import floor
from benchmarks.kit.explain import big_scans, plans_of, took
from benchmarks.kit.results import Results
from config import configuration
from reporting import now
from reporting.api.render import render_now
from reporting.intervals import projector
from reporting.snapshot import snapshot

WAITING, HELD, AGENTS, QUEUES, TIMES = 1_000_000, 100_000, 1_000, 50, 30

# The levels of such a floor, as events: what entered and what was pulled.
_EVENTS = """
    INSERT INTO reporting_event (event, at, interaction, queue, party, actor, attributes)
    SELECT 'EventPlacedInQueue', now() - interval '1 hour', i.id, q.name, NULL, '{}', '{}'
    FROM interactions_interaction i JOIN interactions_queue q ON q.id = i.queue_id
"""
_PULLS = """
    INSERT INTO reporting_event (event, at, interaction, queue, agent, party, actor, attributes)
    SELECT event, now() - interval '10 minutes', i.id, q.name, u.username, p.id, '{}',
        '{"waited_seconds": 60}'
    FROM interactions_party p
    JOIN interactions_interaction i ON i.id = p.interaction_id
    JOIN interactions_queue q ON q.id = i.queue_id
    JOIN interactions_agent a ON a.id = p.agent_id JOIN auth_user u ON u.id = a.user_id
    CROSS JOIN (VALUES ('EventTakenFromQueue'), ('EventPartyAdded')) e (event)
"""


def run(_: Results) -> None:
    make()
    live = projector.live_or_new().pk
    began, counted = time.monotonic(), 0
    while found := projector.project(live, batch=20_000):
        counted += found
    print(f"{counted:,} events counted in {time.monotonic() - began:.0f} s")
    floor.run("VACUUM ANALYZE")
    print(f"{WAITING:,} interactions, {HELD:,} held by {AGENTS:,} agents, {QUEUES} queues\n")
    with snapshot():
        levels, behind = now.read_levels()
        assert behind == 0
        by_tables = now.count_levels()
        assert all(levels[of].held == level.held for of, level in by_tables.items())
        assert all(levels[of].waiting == level.waiting for of, level in by_tables.items())
    print(f"{'a look, by levels':<32}{median(lambda: render_now(now.look())):8.1f} ms")
    print(f"{'the same, 500 events behind':<32}{with_news(500):8.1f} ms")
    print(f"{'levels counted from the tables':<32}{median(count):8.1f} ms")
    plans = plans_of(now.look)
    for what, lines in plans:
        print(f"\n{took(lines):7.1f} ms  {' '.join(what.split())[:90]}")
        for scan in big_scans(lines):
            print("         !!", scan)


def make() -> None:
    floor.make(AGENTS, WAITING)
    configuration.apply({"queues": [{"name": f"queue-{n}"} for n in range(QUEUES - 1)]})
    floor.run(
        """UPDATE interactions_interaction i SET waiting_since = now() - id * interval '1 ms', queue_id = (
               SELECT (array_agg(id))[1 + i.id %% %(queues)s] FROM interactions_queue WHERE NOT is_private
           )""",
        {"queues": QUEUES},
    )
    floor.hold(HELD, 600, 3600, timeout=3600)
    floor.run(_EVENTS)
    floor.run(_PULLS)


def count() -> None:
    with snapshot():
        now.count_levels()


def with_news(events: int) -> float:
    floor.run(f"{_EVENTS} LIMIT {events}")
    return median(lambda: render_now(now.look()))


def median(act: Callable[[], Any]) -> float:
    spans = []
    for _ in range(TIMES):
        began = time.perf_counter()
        act()
        spans.append(time.perf_counter() - began)
    connection.close()
    return statistics.median(spans) * 1000
