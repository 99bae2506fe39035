"""What a page of GET reporting/events costs, for each filter, at FEED_EVENTS (5,000,000) events of a year.

FEED_PLANS=1 prints what PostgreSQL does for each.
"""

import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from benchmarks import year
from benchmarks.kit.explain import plans_of
from benchmarks.kit.results import Results
from benchmarks.year import Year
from interactions.progress import progress_bars
from interactions.sql import fetch_all
from interactions.sql import run as execute
from reporting import cursor, receivers
from reporting.rows import life

EVENTS = int(os.environ.get("FEED_EVENTS", "5_000_000"))
PAGE, TIMES = 100, 5
FOR_THE_FEED = ["event_of_kind", "event_of_queue", "event_of_workbin", "event_of_agent", "event_at"]

_SIZES = """
    SELECT pg_size_pretty(sum(pg_table_size(inhrelid))), pg_size_pretty(sum(pg_indexes_size(inhrelid)))
    FROM pg_inherits WHERE inhparent = 'reporting_event'::regclass
"""


def run(_: Results) -> None:
    made = make()
    [(table, indexes)] = fetch_all(_SIZES)
    print(f"{EVENTS:,} events of a year: {table}, and {indexes} of indexes\n")
    print(f"{'':<44}{'first':>8}{'median':>8}{'rows':>6}")
    for what, read in pages(made):
        show(what, read)
    print(f"\nMilliseconds of a page of {PAGE}: the first time, and of {TIMES} times.\n")
    show_writing()


def make() -> Year:
    with progress_bars() as progress:
        task = progress.add_task("events, then indexes", total=EVENTS)
        return year.make(EVENTS, lambda sofar: progress.update(task, completed=sofar))


def pages(made: Year) -> Iterator[tuple[str, Callable[[], list[Any]]]]:
    cursor.horizon.final()
    middle = made.begins_at + year.SPAN / 2
    late_in_month = datetime(middle.year, middle.month, 28, tzinfo=UTC)
    day, hour = timedelta(days=1), timedelta(hours=1)
    span = {"since": late_in_month, "until": late_in_month + hour}
    filters: dict[str, dict[str, Any]] = {
        "none": {},
        "event": {"event": "EventPartyAdded"},
        "event (five in all)": {"event": year.RARE_EVENT},
        "event (none)": {"event": "EventPlacedInWorkbin"},
        "queue": {"queue": "customer-care-7"},
        "queue (one day)": {"queue": year.RARE_QUEUE},
        "queue (none)": {"queue": "nowhere"},
        "agent": {"agent": "agent-500"},
        "agent (one day)": {"agent": year.RARE_AGENT},
        "agent (none)": {"agent": "nobody"},
        "workbin": {"workbin": 40},
        "workbin (two in all)": {"workbin": year.RARE_WORKBIN},
        "workbin (none)": {"workbin": 5},
        "interaction": {"interaction": EVENTS // 20},
        "agent and event": {"agent": "agent-500", "event": "EventRevoked"},
        "queue and event (none together)": {"queue": "customer-care-7", "event": year.RARE_EVENT},
        "queue and agent (none together)": {"queue": "customer-care-7", "agent": "agent-500"},
        "from the 28th": {"since": late_in_month},
        "from the future": {"since": made.ends_at + day},
        "to the first hour": {"until": made.begins_at + hour},
        "to the past": {"until": made.begins_at - day},
        "one hour": span,
        "a month": {"since": late_in_month, "until": late_in_month + 30 * day},
        "event, from the 28th": {"since": late_in_month, "event": "EventPartyAdded"},
        "event, one hour": {**span, "event": "EventRevoked"},
        "event (none), from the 28th": {"since": late_in_month, "event": "EventPlacedInWorkbin"},
        "queue, one hour": {**span, "queue": "customer-care-7"},
        "agent, from the 28th": {"since": late_in_month, "agent": "agent-500"},
    }
    for what, given in filters.items():
        yield what, partial(a_page, 0, given)
    for what in ("none", "agent", "one hour", "to the first hour"):
        yield f"{what}, after the middle", partial(a_page, EVENTS // 2, filters[what])
        yield f"{what}, after the last", partial(a_page, EVENTS, filters[what])
    yield "one interaction's life", partial(life, EVENTS // 20)


def a_page(after: int, given: dict[str, Any]) -> list[Any]:
    return cursor.read(after, PAGE, **given)[0]


def show(what: str, read: Callable[[], list[Any]]) -> None:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        found = read()
        took.append(1000 * (time.perf_counter() - began))
    print(f"{what:<44}{took[0]:>8.1f}{statistics.median(took):>8.1f}{len(found):>6}", flush=True)
    if os.environ.get("FEED_PLANS"):
        show_plans(read)


def show_plans(read: Callable[[], Any]) -> None:
    for sql, lines in plans_of(read):
        if "reporting_event" not in sql or "reporting_event_id_seq" in sql:
            continue
        print(f"    {' '.join(sql.split('WHERE', 1)[-1].split())}")
        for line in lines:
            if re.search(r"Scan|Time", line) and "never executed" not in line:
                print(f"      {line.strip()[:150]}")


def show_writing() -> None:
    """One command's INSERT with all indexes, and without those that nothing but the feed needs. In turn, for
    the machine is not the same from one second to the next."""
    pairs = [(writing([]), writing(FOR_THE_FEED)) for _ in range(5)]
    with_all, without = (statistics.median(one) for one in zip(*pairs, strict=True))
    print(
        f"A pull's INSERT of two events: {with_all:.0f} µs with all indexes, {without:.0f} without those of"
    )
    print(f"the feed: {with_all / without:.2f} times")


def writing(dropped: list[str]) -> float:
    """Microseconds, the median of many; nothing is left of it."""
    took = []
    with transaction.atomic():
        for index in dropped:
            execute(f"DROP INDEX {index}")
        for number in range(2000):
            statement, params = receivers.write(a_pull(number * 7919))
            began = time.perf_counter()
            execute(statement, {**params, "now": datetime.now(UTC)})
            took.append(1e6 * (time.perf_counter() - began))
        transaction.set_rollback(True)
    return statistics.median(took)


def a_pull(number: int) -> list[dict[str, Any]]:
    agent, interaction = f"agent-{number % 1000}", EVENTS // 10 - number % 20_000
    event = {
        **{"interaction": interaction, "external_id": f"<{number:032x}@mail.example>", "media_type": "email"},
        **{"queue": f"customer-care-{interaction % 50}", "agent": agent, "session": number % 1000},
        **{"place": f"desk-{number % 400}", "party": number, "operation": "Pull", "attributes": {}},
        "actor": {"kind": "agent", "name": agent},
    }
    return [event | {"event": name} for name in ("EventTakenFromQueue", "EventPartyAdded")]
