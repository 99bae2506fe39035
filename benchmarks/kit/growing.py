"""A floor of a size of its own, in a database of its own: first they wait, then as many are held."""

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.kit import floor
from benchmarks.kit.databases import Database
from config import configuration
from interactions import access, lifecycle, sessions
from interactions.api.rendering import render_interaction
from interactions.finding import Sought, find
from interactions.signals import TIMER
from interactions.sql import fetch_all
from reporting import now
from reporting.api.render import render_now
from reporting.intervals import projector
from reporting.models import Total
from reporting.snapshot import snapshot
from workbins.access import visible_workbin
from workbins.content import read_waiting

AT_WORK, CONTENT, PAGE = 100, 200, 50  # agents at first, what waits in the workbin, interactions
SAMPLES = {"pull": 200, "reset": 200, "expiry": 2, "find": 12, "content": 12, "now": 12}  # a round
WORKBIN = {"workbin_types": [{"name": "shared", "owner_kind": "agent_group"}]}
HOUR = 3_600

_INTO_THE_WORKBIN = """
    UPDATE interactions_interaction SET queue_id = (SELECT queue_id FROM workbins_workbin) WHERE id IN (
        SELECT id FROM interactions_interaction WHERE state = 'queued' ORDER BY id LIMIT %(count)s
    )
"""
_FALL_DUE = """
    UPDATE interactions_party SET deadline_at = now() - interval '1 ms' WHERE id = ANY(%(ids)s)
"""
# A session's last request is written at most every ten seconds: with few agents it would seldom be.
_LONG_QUIET = """
    UPDATE interactions_session SET last_request_at = now() - interval '1 minute'
    WHERE last_request_at > now() - interval '1 minute'
"""
# Those that expired are held as before.
_HOLD_AGAIN = """
    WITH again AS (
        UPDATE interactions_party SET ended_at = NULL, end_reason = NULL, deadline_at = now() + interval '1 h'
        WHERE id = ANY(%(ids)s) RETURNING interaction_id
    )
    UPDATE interactions_interaction i SET state = 'handling' FROM again WHERE i.id = again.interaction_id
"""


class Floor:
    def __init__(self, size: int) -> None:
        self.size = size
        self.database = Database(f"floor_{size}")

    def make(self) -> None:
        """`size` wait, 100 agents have two holds each, and the reporting levels are up to date."""
        with floor.unchecked():
            floor.make(AT_WORK, waiting=self.size + CONTENT + 2 * AT_WORK)
        configuration.apply(floor.DOCUMENT | WORKBIN)
        floor.run(_INTO_THE_WORKBIN, {"count": CONTENT})
        floor.hold(2 * AT_WORK, HOUR, HOUR, timeout=HOUR)
        self.callers = [floor.caller(n) for n in floor.tokens(AT_WORK)]
        live = projector.live_or_new()
        with snapshot():
            levels = now.count_levels()
        Total.objects.bulk_create(
            Total(projection=live, kind=kind, key=key, waiting_change=level.waiting, held_change=level.held)
            for (kind, key), level in levels.items()
        )

    def hold_all(self) -> None:
        """`size` more are held, by half as many agents."""
        floor.stop_all()
        with floor.unchecked():
            floor.add_agents(self.size // 2 - AT_WORK)
            floor.run("ANALYZE")
            floor.submit_held(self.size, HOUR, HOUR, timeout=HOUR)

    def measure(self, act: str) -> list[float]:
        """Milliseconds of each sample."""
        with self.database.in_use():
            return list(getattr(self, act)(SAMPLES[act]))

    def pull(self, count: int) -> Iterator[float]:
        for n in range(count):
            yield span(lambda n=n: lifecycle.pull(self.callers[n % AT_WORK], "mail"))  # type: ignore[misc]
        floor.stop_all()
        floor.submit(count)

    def reset(self, count: int) -> Iterator[float]:
        floor.run(_LONG_QUIET)
        tokens = floor.tokens(self.size // 2)
        for agent in random.sample(tokens, count):
            yield span(partial(sessions.identify, f"token{agent}", resets=True))

    def expiry(self, count: int) -> Iterator[float]:
        """A hold's share of its batch."""
        [(first, last)] = fetch_all("SELECT min(id), max(id) FROM interactions_party WHERE ended_at IS NULL")
        for _ in range(count):
            ids = random.sample(range(first, last + 1), lifecycle.BATCH)
            assert floor.run(_FALL_DUE, {"ids": ids}) == lifecycle.BATCH
            yield span(lambda: lifecycle.revoke_due(TIMER)) / lifecycle.BATCH
            assert floor.run(_HOLD_AGAIN, {"ids": ids}) == lifecycle.BATCH

    def find(self, count: int) -> Iterator[float]:
        def page() -> None:
            rows = find(access.sight(self.callers[0]), Sought(), None, False, PAGE + 1)
            assert len([render_interaction(row) for row in rows[:PAGE]]) == PAGE

        return (span(page) for _ in range(count))

    def content(self, count: int) -> Iterator[float]:
        [(workbin,)] = fetch_all("SELECT queue_id FROM workbins_workbin")

        def page() -> None:
            rows = read_waiting(visible_workbin(self.callers[0], workbin).pk, None, False, PAGE + 1)
            assert len([render_interaction(row) for _, row in rows[:PAGE]]) == PAGE

        return (span(page) for _ in range(count))

    def now(self, count: int) -> Iterator[float]:
        def look() -> None:
            assert render_now(now.look())["server"]["held"] == 2 * AT_WORK

        return (span(look) for _ in range(count))


def span(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
