"""How PostgreSQL finds a page of the feed: by index, in its months, without reading past the rest."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from benchmarks import year
from benchmarks.kit.explain import plans_of
from benchmarks.year import Year
from interactions.sql import fetch_all, run
from reporting import borders, cursor, partitions
from reporting.partitions import Month
from reporting.rows import life

pytestmark = pytest.mark.django_db(transaction=True)

COUNT, PAGE = 20_000, 20
SCAN = re.compile(r"(\w+ Scan.*) on (reporting_event_\d+_\d+).*actual.* rows=([\d.]+) loops=(\d+)")
REMOVED = re.compile(r"Rows Removed by (?:Filter|Index Recheck): (\d+)")


@pytest.fixture
def made(transactional_db: None) -> Year:
    return year.make(COUNT)


def filters(made: Year) -> dict[str, dict[str, Any]]:
    middle = made.begins_at + year.SPAN / 2
    late = Month.of(middle).begins_at + timedelta(days=27)
    hours = {"since": late, "until": late + timedelta(hours=12)}
    return {
        "none": {},
        "event": {"event": "EventPartyAdded"},
        "rare event": {"event": year.RARE_EVENT},
        "no event": {"event": "EventPlacedInWorkbin"},
        "queue": {"queue": "customer-care-7"},
        "rare queue": {"queue": year.RARE_QUEUE},
        "no queue": {"queue": "nowhere"},
        "agent": {"agent": "agent-500"},
        "rare agent": {"agent": year.RARE_AGENT},
        "no agent": {"agent": "nobody"},
        "workbin": {"workbin": 40},
        "rare workbin": {"workbin": year.RARE_WORKBIN},
        "no workbin": {"workbin": 5},
        "interaction": {"interaction": COUNT // 20},
        "from late in a month": {"since": late},
        "from the future": {"since": made.ends_at + timedelta(days=1)},
        "to the first day": {"until": made.begins_at + timedelta(hours=12)},
        "to the past": {"until": made.begins_at - timedelta(days=1)},
        "hours": hours,
        "an event of these hours": {**hours, "event": "EventRevoked"},
        "an agent of these hours": {**hours, "agent": "agent-500"},
    }


def faults(act: Callable[[], Any]) -> list[str]:
    """Scans of a whole month, and of more than a twentieth of it or of what fits the page."""
    found = []
    for sql, lines in plans_of(act):
        if "FROM reporting_event " in sql:
            for line in lines:
                if (scan := SCAN.search(line)) and is_bad(*scan.groups()):
                    found.append(line.strip())
                if (removed := REMOVED.search(line)) and int(removed.group(1)) > MANY:
                    found.append(line.strip())
    return found


MANY = COUNT // 12 // 2  # half of a month


def is_bad(how: str, month: str, rows: str, loops: str) -> bool:
    return ("Seq Scan" in how and float(rows) > PAGE) or float(rows) * int(loops) > MANY


def test_no_page_reads_past_the_rest(made: Year) -> None:
    wrong = {
        (what, after): said
        for what, given in filters(made).items()
        for after in (0, COUNT // 2, COUNT)
        if (said := faults(lambda: cursor.read(after, PAGE, **given)))  # noqa: B023
    }
    assert wrong == {}
    assert faults(lambda: life(COUNT // 20)) == []


def test_what_does_is_found(made: Year) -> None:
    """The twin: the log without the indexes."""
    given = filters(made)
    with year.without_indexes():
        for what in ("rare event", "no agent", "hours"):
            assert faults(lambda: cursor.read(COUNT // 4, PAGE, **given[what])), what  # noqa: B023


def test_a_span_reads_its_months_alone(made: Year) -> None:
    hours = filters(made)["hours"]
    months = {
        scan.group(2)
        for sql, lines in plans_of(lambda: cursor.read(0, PAGE, **hours))
        if "BETWEEN" in sql
        for line in lines
        if (scan := SCAN.search(line))
    }
    assert months == {Month.of(hours["since"]).partition}


def test_a_page_is_what_the_conditions_say(made: Year) -> None:
    """The same as the rule itself finds, over all there is."""
    for what, given in filters(made).items():
        for after in (0, COUNT // 3, COUNT - 5):
            found, position = cursor.read(after, PAGE, **given)
            assert [event.id for event in found] == naive(after, given), what
            assert position == (found[-1].id if len(found) == PAGE else COUNT), what


def naive(after: int, given: dict[str, Any]) -> list[int]:
    terms = {"since": "at >= %(since)s", "until": "at < %(until)s"}
    where = " AND ".join(["id > %(after)s", *(terms.get(name, f"{name} = %({name})s") for name in given)])
    statement = f"SELECT id FROM reporting_event WHERE {where} ORDER BY id LIMIT {PAGE}"
    return [id for (id,) in fetch_all(statement, {**given, "after": after})]


SWAP = "UPDATE reporting_event SET at = %(at)s WHERE id = %(id)s"


@pytest.mark.parametrize("clock", [timedelta(minutes=5), timedelta(days=40)])
def test_borders_are_exact_whatever_the_clock_did(made: Year, clock: timedelta) -> None:
    """Some were written when the clock was ahead, and some when it was behind; the border lies among them."""
    [(middle,)] = fetch_all("SELECT at FROM reporting_event WHERE id = %(id)s", {"id": COUNT // 2})
    for distance in (-3000, -7, 7, 3000):
        run(SWAP, {"id": COUNT // 2 + distance, "at": middle - clock if distance > 0 else middle + clock})
    for given in ({"since": middle}, {"until": middle}, {"since": middle, "until": middle + clock * 2}):
        for after in (0, COUNT // 2 - 3001, COUNT // 2 - 10, COUNT // 2, COUNT // 2 + 2990):
            found, _ = cursor.read(after, PAGE, **given)
            assert [event.id for event in found] == naive(after, given), (given, after)


def test_a_border_is_the_outermost_event(made: Year) -> None:
    """The twin of the above: the neighbour in time alone would miss those on the wrong side of it."""
    [(middle,)] = fetch_all("SELECT at FROM reporting_event WHERE id = %(id)s", {"id": COUNT // 2})
    early = COUNT // 2 - 3000
    run(SWAP, {"id": early, "at": middle + timedelta(days=1)})
    assert borders.first_since(middle, 1) == early
    [(neighbour,)] = fetch_all(
        "SELECT id FROM reporting_event WHERE at >= %(at)s ORDER BY at LIMIT 1", {"at": middle}
    )
    assert neighbour > early


def test_months_without_events_cost_no_page(made: Year) -> None:
    assert partitions.months()[-1] > Month.of(made.ends_at)
    assert cursor.read(0, PAGE, since=made.ends_at + timedelta(days=40)) == ([], COUNT)
