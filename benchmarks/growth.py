"""What a pull, a reset, an expiry, a page and a look at the present cost, from 1,000 to 1,000,000.

In Python, without HTTP, one client. A floor of each size has a database of its own on the same server, and
they are measured in turn, in the same seconds. What does not grow is the same on each: two holds an agent, a
page of 50, the workbin's content, and for the look at the present the agents and queues. The event log is
empty at the begin; foreign keys are not looked up while the floors are made, so that this is quick.
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.kit import floor
from benchmarks.kit.databases import Database
from benchmarks.kit.results import Results, alternate
from config import configuration
from interactions import access, lifecycle, sessions
from interactions.api.rendering import render_interaction
from interactions.callers import AgentCaller
from interactions.finding import Sought, find
from interactions.signals import TIMER
from interactions.sql import fetch_all, fetch_one
from reporting import now
from reporting.api.render import render_now
from reporting.intervals import projector
from reporting.models import Total
from reporting.snapshot import snapshot
from workbins.access import visible_workbin
from workbins.content import read_waiting

SIZES = (1_000, 10_000, 100_000, 1_000_000)
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


def run(results: Results) -> None:
    random.seed(1)
    with contextlib.ExitStack() as stack:
        floors = [Floor(size) for size in SIZES]
        for each in floors:
            stack.callback(each.database.close)
        made(floors, Floor.make)
        curve(results, floors, "content", "a page of a workbin's content", "interactions")
        curve(results, floors, "find", "a page of GET interactions", "interactions")
        curve(results, floors, "now", "the present, of 100 agents", "interactions")
        pulls = curve(results, floors, "pull", "a pull of one", "waiting")
        made(floors, Floor.hold_all)
        resets = curve(results, floors, "reset", "a reset of an agent's two holds", "open holds")
        curve(results, floors, "expiry", "a revocation, in batches of 500", "open holds")
    few, many = SIZES[0], SIZES[-1]
    results.ratio(f"pull p50 at {many:,} waiting / at {few:,}", pulls[many], pulls[few], at_most=1.2)
    results.ratio(f"reset p50 at {many:,} open holds / at {few:,}", resets[many], resets[few], at_most=1.3)


def made(floors: list["Floor"], make: Callable[["Floor"], None]) -> None:
    began = time.monotonic()
    for each in floors:
        with each.database.in_use():
            make(each)
            floor.run("VACUUM ANALYZE")
    with floors[0].database.in_use():
        floor.run("CHECKPOINT")
    print(f"made in {time.monotonic() - began:.0f} s", flush=True)


def curve(results: Results, floors: list["Floor"], act: str, what: str, by: str) -> dict[int, list[float]]:
    """Each round's median for each size."""
    for each in floors:
        each.measure(act)  # warm
    samples: dict[int, list[float]] = {each.size: [] for each in floors}

    def one(each: "Floor") -> float:
        taken = sorted(each.measure(act))
        samples[each.size] += taken
        return taken[len(taken) // 2]

    medians = alternate(
        {str(each.size): partial(one, each) for each in floors}, results.rounds(short=5, full=25)
    )
    for size, taken in samples.items():
        results.point(what, "ms", by, size, taken)
    return {int(size): values for size, values in medians.items()}


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
        self.callers = [caller(n) for n in floor.tokens(AT_WORK)]
        live = projector.live_or_new()
        with snapshot():
            levels = now.count_levels()
        Total.objects.bulk_create(
            Total(projection=live, kind=kind, key=key, waiting_change=level.waiting, held_change=level.held)
            for (kind, key), level in levels.items()
        )

    def hold_all(self) -> None:
        """`size` are held, by half as many agents."""
        floor.stop_all()
        with floor.unchecked():
            floor.add_agents(self.size // 2 - AT_WORK)
            floor.run("ANALYZE")
            floor.hold(self.size, HOUR, HOUR, timeout=HOUR)

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
        row = fetch_one("SELECT min(id), max(id) FROM interactions_party WHERE ended_at IS NULL")
        assert row is not None
        for _ in range(count):
            ids = random.sample(range(row[0], row[1] + 1), lifecycle.BATCH)
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


def caller(token: int) -> AgentCaller:
    found = sessions.identify(f"token{token}", resets=False)
    assert isinstance(found, AgentCaller)
    return found


def span(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
