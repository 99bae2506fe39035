"""What counts as what, in which interval; and that each event counts once."""

import functools
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from interactions import sessions
from interactions.sql import run
from interactions.tasks import revoke_due
from reporting.intervals import projector, reading
from reporting.intervals.spans import begin_of
from reporting.models import Event, Interval, Kind, Projection, Total
from reporting.models.interval import FIGURES
from tests import cast, figures
from tests.applications import Application, Desk
from tests.clock import let_pass, make_overdue
from tests.crowd import another_connection, at_once, crowd

pytestmark = pytest.mark.django_db(transaction=True)

SUPPORT = cast.SUPPORT


def count() -> None:
    projector.catch_up()


def total(kind: Kind, key: str = "") -> Total:
    count()
    return Total.objects.get(kind=kind, key=key, projection=projector.live().pk)


def said(row: Total, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def a_day(alice: Desk, lena: Desk, gateway: Application) -> int:
    """Something of every kind. Returns alice's workbin, in which one waits."""
    drafts = cast.drafts_of("alice")
    cast.queue("email-parked", "leads")
    cast.queue(SUPPORT, max_revocations=0)
    [stopped, revoked, expired, placed, *_] = cast.fill(6)
    gateway.submit(workbin=drafts).ok(201)
    parties = {one["id"]: one["party"] for one in alice.pull(count=4)}
    alice.stop_held(parties[stopped]).ok()
    lena.revoke(revoked).ok()
    make_overdue(expired)
    revoke_due()
    alice.place_in_workbin(parties[placed], drafts).ok()
    lena.change(revoked, priority=3).ok()
    [one] = alice.post(f"workbins/{drafts}/pull", count=1).ok()["interactions"]
    gateway.stop(one["id"]).ok()
    alice.submit().ok(201)
    gateway.stop(cast.fill(1)[0]).ok()
    alice.log_out().ok(204)
    return drafts


def test_each_event_counts_for_its_place_its_agent_and_the_server(
    alice: Desk, lena: Desk, gateway: Application
) -> None:
    drafts = a_day(alice, lena, gateway)
    queue, workbin = total(Kind.QUEUE, SUPPORT), total(Kind.WORKBIN, str(drafts))
    agent, server = total(Kind.AGENT, "alice"), total(Kind.SERVER)

    names = ("entered", "pulled", "stopped", "placed", "expired", "revoked_by_hand", "logged_out")
    assert said(queue, *names) == (7, 4, 2, 1, 1, 1, 1)
    assert said(workbin, *names) == (2, 1, 1, 0, 0, 0, 0)
    assert said(agent, *names) == (0, 5, 1, 1, 1, 1, 1)
    assert said(server, *names) == (9, 5, 3, 1, 1, 1, 1)

    levels = ("waiting_change", "held_change", "logged_in_change")
    assert said(queue, *levels) == (5, 0, 0)
    assert said(workbin, *levels) == (1, 0, 0)
    assert said(agent, *levels) == (0, 0, 0)
    assert said(server, *levels) == (6, 0, 1)
    assert (queue.waits.count, queue.handlings.count, queue.lates.count) == (4, 5, 1)
    assert queue.lates.longest >= 1000
    assert queue.events["EventPropertiesChanged"] == 1
    assert server.events["EventAgentLogin"] == 2
    assert (queue.returned, queue.revoked) == (3, 2)


def test_they_are_what_plain_sql_counts(alice: Desk, lena: Desk, gateway: Application) -> None:
    a_day(alice, lena, gateway)
    count()
    assert figures.counted()
    assert figures.stored() == figures.counted()


def test_an_event_that_is_not_counted_is_seen(alice: Desk) -> None:
    """The twin: the comparison can fail."""
    cast.fill(2)
    alice.take()
    count()
    run("DELETE FROM reporting_event WHERE event = 'EventTakenFromQueue'")
    assert figures.stored() != figures.counted()


def test_what_is_parked_leaves_its_queue(alice: Desk) -> None:
    parked = cast.queue("email-parked", "leads")
    queue = cast.queue(SUPPORT)
    queue.max_revocations, queue.parking_queue = 0, parked
    queue.save()
    cast.fill(2)
    make_overdue(alice.take()["interaction"])
    revoke_due()

    assert said(total(Kind.QUEUE, SUPPORT), "waiting_change", "held_change", "expired") == (1, 0, 1)
    assert said(total(Kind.QUEUE, "email-parked"), "waiting_change", "entered") == (1, 1)
    assert said(total(Kind.SERVER), "waiting_change", "held_change") == (2, 0)


def test_what_is_moved_while_it_waits_leaves_its_place(root: Desk) -> None:
    cast.queue("chat-sales", cast.TEAM)
    [interaction] = cast.fill(1)
    drafts = cast.workbin_of(cast.agent("alice", cast.TEAM), "agent")
    root.post(f"interactions/{interaction}/place-in-queue", queue="chat-sales").ok()
    root.post(f"interactions/{interaction}/place-in-workbin", workbin=drafts).ok()

    assert total(Kind.QUEUE, SUPPORT).waiting_change == 0
    assert total(Kind.QUEUE, "chat-sales").waiting_change == 0
    assert total(Kind.WORKBIN, str(drafts)).waiting_change == 1
    assert said(total(Kind.SERVER), "waiting_change", "entered") == (1, 3)


def test_several_sessions_are_one_agent_logged_in(alice: Desk) -> None:
    second = cast.log_in("alice")
    assert total(Kind.SERVER).logged_in_change == 1
    alice.log_out().ok(204)
    assert total(Kind.AGENT, "alice").logged_in_change == 1
    second.log_out().ok(204)
    assert total(Kind.AGENT, "alice").logged_in_change == 0


def test_an_idle_session_that_ends_is_one_agent_less(alice: Desk) -> None:
    let_pass(4000)
    assert sessions.end_idle_sessions() == 1
    assert total(Kind.SERVER).logged_in_change == 0


# --- Hours, days, levels ----------------------------------------------------------------------------


def back(minutes: float) -> None:
    """All that has happened was that much earlier."""
    run("UPDATE reporting_event SET at = at - %(span)s", {"span": timedelta(minutes=minutes)})


@pytest.fixture
def yesterday(alice: Desk) -> Desk:
    """Five came a day and a half ago; one was taken 100 minutes later and is still held."""
    cast.fill(5)
    back(100)
    alice.take()
    back(36 * 60)
    return alice


def test_hours_and_days_are_sums_of_their_quarters(yesterday: Desk) -> None:
    cast.fill(1)
    count()
    of = ("kind", "key")
    for seconds in (3600, 86_400):
        for row in Interval.objects.filter(seconds=seconds):
            quarters = Interval.objects.filter(
                kind=row.kind,
                key=row.key,
                seconds=900,
                starts_at__gte=row.starts_at,
                starts_at__lt=row.ends_at,
            )
            summed = functools.reduce(lambda sums, quarter: sums.add(quarter), quarters, Total())
            names = [name for name in FIGURES if "area" not in name]
            assert said(row, *names) == said(summed, *names)  # type: ignore[arg-type]
        assert Interval.objects.filter(seconds=seconds).values_list(*of).distinct().count() == 3


@pytest.mark.parametrize("seconds", [900, 3600, 86_400])
def test_levels_and_the_time_held_at_any_length(yesterday: Desk, seconds: int) -> None:
    count()
    now = reading.read_now()
    found = reading.spans("queue", now - timedelta(days=3), now, seconds)
    assert [span.key for span in found] == [SUPPORT] * len(found)
    assert [span.starts_at for span in found] == sorted(span.starts_at for span in found)
    waiting = [span.at_end.waiting for span in found]
    came, taken = (
        Event.objects.filter(event=event).order_by("at")[0].at
        for event in ("EventPlacedInQueue", "EventPartyAdded")
    )
    most = 4 if begin_of(came, seconds) == begin_of(taken, seconds) else 5
    assert (waiting[0], max(waiting), waiting[-1]) == (0, most, 4)
    assert found[-1].at_end.held == 1
    assert sum(span.figures.entered for span in found) == 5
    assert sum(span.held_seconds for span in found) == pytest.approx((now - taken).total_seconds(), abs=0.1)


def test_before_the_first_event_and_of_no_event_there_is_nothing(alice: Desk) -> None:
    now = reading.read_now()
    assert reading.spans("queue", now - timedelta(days=1), now, 900) == []
    cast.fill(1)
    count()
    found = reading.spans("queue", now - timedelta(hours=1), now + timedelta(hours=1), 900)
    assert [span.at_end.waiting for span in found][-1] == 1
    assert {span.at_end.waiting for span in found[:-1]} <= {0, 1}
    assert found[-1].starts_at <= reading.read_now()


def test_sums_over_a_window(alice: Desk) -> None:
    cast.fill(3)
    alice.take()
    count()
    now = reading.read_now()
    found = reading.sums("queue", now - timedelta(minutes=1), now + timedelta(minutes=1))
    assert list(found) == [SUPPORT]
    assert (found[SUPPORT].entered, found[SUPPORT].waits.share_within(60)) == (3, 1.0)
    assert reading.sums("queue", now - timedelta(minutes=1), now, keys={"another"}) == {}


def test_the_quarter_is_that_of_the_clock(alice: Desk) -> None:
    count()
    row = Interval.objects.get(kind=Kind.AGENT, key="alice", seconds=900)
    assert row.starts_at.minute % 15 == 0 and row.starts_at.second == row.starts_at.microsecond == 0
    assert row.starts_at == begin_of(reading.read_now(), 900) or row.ends_at <= reading.read_now()


# --- Each event once --------------------------------------------------------------------------------


def test_projectors_at_once_count_each_event_once(alice: Desk, lena: Desk, gateway: Application) -> None:
    a_day(alice, lena, gateway)
    live = projector.live_or_new().pk

    def count_a_little(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(25):
            projector.project(live, batch=dice.randint(1, 4))

    at_once(*[functools.partial(count_a_little, seed) for seed in range(4)])
    count()
    assert figures.stored() == figures.counted()


def test_a_projector_that_breaks_off_has_counted_nothing(alice: Desk) -> None:
    """After the rows, and before the cursor."""
    cast.fill(3)
    live = projector.live_or_new().pk

    run("ALTER TABLE reporting_projection ADD CONSTRAINT stuck CHECK (event = 0)")
    try:
        with pytest.raises(IntegrityError, match="stuck"):
            projector.project(live)
    finally:
        run("ALTER TABLE reporting_projection DROP CONSTRAINT stuck")
    assert not Interval.objects.exists()
    assert Projection.objects.get().event == 0
    count()
    assert figures.stored() == figures.counted()


def test_an_event_that_commits_late_is_not_missed(alice: Desk) -> None:
    """Its number is below one that was there to be counted already."""
    cast.fill(1)
    with another_connection() as slow, crowd(1) as people:
        slow.execute(
            """INSERT INTO reporting_event (event, at, queue, actor, attributes)
               VALUES ('EventPlacedInQueue', now(), 'late', '{}', '{}')"""
        )
        cast.fill(1)
        counting = people.start(count)
        slow.commit()
        counting()
    count()
    assert Total.objects.get(kind=Kind.QUEUE, key="late").entered == 1
    assert figures.stored() == figures.counted()
