"""The present: exact at every moment, however far the counting is."""

import csv
import io
from typing import Any

import pytest

from interactions.tasks import revoke_due
from reporting import now
from reporting.intervals import projector
from reporting.intervals.reading import Levels
from reporting.snapshot import snapshot
from tests import cast
from tests.applications import Application, Desk, Json
from tests.clock import let_pass, make_overdue
from tests.crowd import crowd
from tests.test_intervals import a_day, count

pytestmark = pytest.mark.django_db(transaction=True)


def look(warehouse: Application) -> Json:
    return warehouse.get("reporting/now").ok()


def agrees() -> bool:
    """With what is counted row by row, in the same snapshot."""

    def without_sessions(levels: dict[tuple[str, str], Levels]) -> dict[tuple[str, str], tuple[int, int]]:
        return {
            of: (level.waiting, level.held) for of, level in levels.items() if level.waiting or level.held
        }

    with snapshot():
        levels, _ = now.read_levels()
        return without_sessions(levels) == without_sessions(now.count_levels())


def test_queues_workbins_agents_and_the_server(
    alice: Desk, lena: Desk, gateway: Application, warehouse: Application
) -> None:
    cast.queue("empty", cast.TEAM, is_paused=True)
    drafts = cast.drafts_of("alice")
    cast.fill(5)
    parties = [one["party"] for one in alice.pull(count=3)]
    alice.place_in_workbin(parties[0], drafts).ok()
    let_pass(60)

    found = look(warehouse)

    support, empty = found["queues"]
    nothing = {"waiting": 0, "held": 0, "oldest_waiting_at": None, "oldest_waiting_seconds": None}
    assert empty == {"queue": "empty", "is_paused": True, **nothing}
    assert (support["queue"], support["waiting"], support["held"]) == (cast.SUPPORT, 2, 2)
    assert 60 <= support["oldest_waiting_seconds"] < 90
    [workbin] = found["workbins"]
    assert (workbin["workbin"], workbin["type"], workbin["owner"]) == (drafts, "agent", "alice")
    assert (workbin["waiting"], workbin["held"]) == (1, 0)
    one, other = found["agents"]
    assert (one["agent"], one["state"], one["holds"], one["sessions"]) == ("alice", "handling", 2, 1)
    assert 480 < one["seconds_left"] < 540 and one["deadline_at"] > found["at"]
    assert (other["agent"], other["state"], other["holds"], other["seconds_left"]) == (
        "lena",
        "ready",
        0,
        None,
    )
    server = found["server"]
    assert (server["waiting"], server["held"], server["agents_logged_in"], server["sessions"]) == (3, 2, 2, 2)
    assert server["revocation_lag_seconds"] == 0
    assert server["events_not_counted"] > 10


def test_it_is_exact_wherever_the_counting_stands(
    alice: Desk, lena: Desk, gateway: Application, warehouse: Application
) -> None:
    a_day(alice, lena, gateway)
    live = projector.live_or_new().pk
    seen = []
    while projector.project(live, batch=3):
        assert agrees()
        found = look(warehouse)
        seen.append((found["server"]["waiting"], found["queues"]))
    assert len(seen) > 10
    assert all(waiting == 6 for waiting, _ in seen)


def test_far_behind_the_tables_are_counted(
    alice: Desk, warehouse: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.fill(4)
    alice.take()
    near = look(warehouse)
    monkeypatch.setattr(now, "FAR", 3)
    far = look(warehouse)
    for found in (near, far):
        del found["at"], found["agents"][0]["seconds_left"]
        for queue in found["queues"]:
            del queue["oldest_waiting_seconds"]
    assert far.pop("server")["waiting"] == near.pop("server")["waiting"] == 3
    assert far == near


def test_a_row_changed_by_hand_is_seen(alice: Desk) -> None:
    """The twin: what is counted and what is there can differ."""
    from interactions.models import Interaction

    cast.fill(2)
    assert agrees()
    Interaction.objects.filter(pk=Interaction.objects.latest("pk").pk).delete()
    assert not agrees()


def test_while_everybody_works(alice: Desk, bob: Desk, lena: Desk) -> None:
    """Each look is of one moment: nothing is seen twice, or nowhere."""
    cast.fill(30)

    def work(desk: Desk) -> None:
        for _ in range(15):
            party = desk.take()
            make_overdue(party["interaction"])
            revoke_due()

    def keep_counting() -> None:
        for _ in range(40):
            projector.project(projector.live_or_new().pk, batch=7)

    with crowd(3) as people:
        acts = [
            people.start(lambda: work(alice)),
            people.start(lambda: work(bob)),
            people.start(keep_counting),
        ]
        for _ in range(40):
            assert agrees()
            found = now.look()
            assert sum(line.waiting + line.held for line in found.queues) == 30
        for act in acts:
            act()


def test_the_lag_is_told(alice: Desk, warehouse: Application) -> None:
    cast.fill(1)
    make_overdue(alice.take()["interaction"])
    assert look(warehouse)["server"]["revocation_lag_seconds"] >= 1


@pytest.mark.parametrize("asked", [{"headers": {"Accept": "text/csv"}}, {"query_params": {"format": "csv"}}])
def test_as_a_table(alice: Desk, warehouse: Application, asked: Any) -> None:
    cast.fill(2)
    alice.take()
    reply = warehouse.send_raw("GET", "reporting/now", **asked)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(reply.body.decode())))
    assert [row["kind"] for row in rows] == ["server", "queue", "agent"]
    assert (rows[1]["queue"], rows[1]["waiting"], rows[1]["held"]) == (cast.SUPPORT, "1", "1")
    assert (rows[2]["agent"], rows[2]["holds"], rows[2]["waiting"]) == ("alice", "1", "")
    count()
