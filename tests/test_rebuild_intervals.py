"""The rows are made anew from the log, beside those in use, and are the same rows."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from interactions.sql import run
from reporting.cursor import horizon
from reporting.intervals import projector, rebuild
from reporting.intervals.spans import begin_of
from reporting.locks import alone
from reporting.models import Event, Interval, Projection, Total
from tests import cast, figures
from tests.applications import Application, Desk
from tests.crowd import another_connection, crowd, until_let_go
from tests.processes import until
from tests.test_intervals import a_day, back, count
from tests.workers import environment_of_tests

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy(alice: Desk, lena: Desk, gateway: Application) -> Desk:
    """A day's work, and some of the evening before."""
    cast.fill(1)
    alice.take()
    back(20 * 60)
    a_day(alice, lena, gateway)
    return lena


def test_they_are_the_same_rows(busy: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    count()
    before, projection = figures.everything(), projector.live().pk
    assert all(before)

    call_command("rebuild_intervals")

    assert figures.everything() == before
    assert figures.stored() == figures.counted()
    assert Projection.objects.get().pk != projection
    assert Interval.objects.exclude(projection=projector.live().pk).count() == 0
    assert capsys.readouterr().out == f"{Event.objects.count()} events counted; the rows are as they were.\n"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE reporting_interval SET pulled = pulled + 1 WHERE kind = 'agent' AND seconds = 900",
        "DELETE FROM reporting_interval WHERE kind = 'queue' AND seconds = 86400",
        "UPDATE reporting_interval SET wait_counts = '{}' WHERE kind = 'server' AND wait_counts <> '{}'",
        "UPDATE reporting_total SET held_change = 7 WHERE kind = 'server'",
    ],
)
def test_rows_that_are_wrong_are_told_and_mended(
    busy: Desk, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    count()
    before = figures.everything()
    changed = run(damage)
    assert changed and figures.everything() != before

    call_command("rebuild_intervals")

    assert figures.everything() == before
    assert f"{changed} rows were others, and are replaced." in capsys.readouterr().out


def test_of_nothing_there_is_nothing(db: None) -> None:
    assert rebuild.rebuild().events == 0
    assert not Interval.objects.exists()
    assert Projection.objects.get().is_live


def test_beside_a_system_at_work(busy: Desk) -> None:
    """Commands, projectors and readers go on; whatever is read is one set of rows and whole."""
    count()

    def work() -> None:
        for _ in range(8):
            cast.fill(2)
            busy.take()
            count()

    def rebuild_it() -> int:
        return rebuild.rebuild().differences

    with crowd(3) as people:
        working, rebuilding = people.start(work), people.start(rebuild_it)
        working()
        assert rebuilding() == 0
    count()
    assert figures.stored() == figures.counted()


def test_a_projector_that_began_before_the_change_over(busy: Desk) -> None:
    """What it counts goes with the rows that it belongs to, and neither of the two fails."""
    old, final = Projection.objects.create(), horizon.final()
    id = old.pk
    with crowd(1) as people:
        with transaction.atomic():
            assert projector.is_ours(id)
            assert projector.advance(id, final) > 0
            assert not people.start(lambda: rebuild.is_gone(old))()
        assert Interval.objects.filter(projection=id).exists()
        assert people.start(lambda: rebuild.is_gone(old))()
    assert not Interval.objects.exists()
    assert projector.project(id) == 0  # who comes now counts nothing


def test_two_at_once(busy: Desk) -> None:
    refused = pytest.raises(CommandError, match="another rebuild_intervals is running")
    with alone(rebuild.WORK), crowd() as people, refused:
        people.start(lambda: call_command("rebuild_intervals"))()
    call_command("rebuild_intervals")


def test_one_that_is_killed_leaves_nothing_to_be_seen(busy: Desk) -> None:
    count()
    before, live = figures.everything(), projector.live().pk
    with another_connection() as other:
        # The new rows are held up where they change over: by the lock that projectors of the old ones take.
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (projector.LOCK, live))
        killed = subprocess.Popen(
            [sys.executable, "manage.py", "rebuild_intervals"], env=environment_of_tests()
        )
        until(lambda: Interval.objects.exclude(projection=live).exists(), what="the new rows")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        other.commit()
    until_let_go()
    assert projector.live().pk == live
    assert figures.everything() == before

    call_command("rebuild_intervals")

    assert figures.everything() == before
    assert Projection.objects.count() == 1
    assert Total.objects.exclude(projection=projector.live().pk).count() == 0


def test_what_is_purged_stays_as_it_was_counted(busy: Desk) -> None:
    """The evening's events are gone, and its rows are not."""
    count()
    before = figures.everything()
    since = begin_of(Event.objects.latest("at").at - timedelta(hours=10), 900)
    assert Event.objects.filter(at__lt=since).delete()[0] > 5
    assert figures.stored() != figures.counted()

    assert rebuild.rebuild(since).differences == 0

    assert figures.everything() == before
    cast.fill(1)
    count()
    assert Total.objects.get(kind="queue").entered == 9
