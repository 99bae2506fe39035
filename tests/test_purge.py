"""What is old goes, what is open stays with all its events, and the audit passes after every step."""

import signal
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.lifeline import spawn, tied
from interactions import housekeeping
from interactions.errors import Unavailable
from interactions.models import Interaction, Party
from interactions.sql import fetch_all, run
from reporting import forgetting, partitions, retention, tasks
from reporting.audit import audit as audit_all
from reporting.intervals import projector
from reporting.locks import AlreadyRunning, alone
from reporting.models import Event, Purge, Total
from reporting.partitions import Month
from reporting.retention import Ages
from tests import cast, figures
from tests.applications import Desk
from tests.audit import audit, told
from tests.crowd import another_connection, at_once, crowd, until_let_go
from tests.processes import MANAGE, until
from tests.workers import environment_of_tests

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def months() -> Any:
    """As many partitions afterwards as before."""
    before = partitions.months()
    yield
    forgetting.finish_dropping()
    for month in set(partitions.months()) - set(before):
        run("DELETE FROM reporting_event WHERE at >= %(a)s AND at < %(b)s", span(month))
        forgetting.drop(month)
    partitions.provide(before[0].begins_at)


def span(month: Month) -> dict[str, datetime]:
    return {"a": month.begins_at, "b": month.plus(1).begins_at}


def let_pass(days: int) -> None:
    """All that has happened was so many days earlier."""
    [(first,)] = fetch_all("SELECT min(at) FROM reporting_event")
    partitions.provide(first - timedelta(days=days))
    params = {"span": timedelta(days=days)}
    run("UPDATE reporting_event SET at = at - %(span)s", params)
    run(
        """UPDATE interactions_interaction SET completed_at = completed_at - %(span)s,
               placed_in_queue_at = placed_in_queue_at - %(span)s""",
        params,
    )
    run("UPDATE interactions_session SET ended_at = ended_at - %(span)s", params)
    run("UPDATE interactions_party SET ended_at = ended_at - %(span)s", params)


def finish(desk: Desk, count: int = 1) -> list[int]:
    """Submitted, pulled and stopped."""
    cast.fill(count)
    done = []
    for held in desk.pull(count=count):
        desk.stop_held(held["party"]).ok()
        done.append(held["id"])
    return done


def lives() -> set[int]:
    return {id for id in Event.objects.values_list("interaction", flat=True) if id}


def rows() -> set[int]:
    return set(Interaction.objects.values_list("pk", flat=True))


def clean() -> None:
    report = audit_all()
    assert report.differing == 0, "\n".join(told(report))


@pytest.fixture
def floor(alice: Desk, bob: Desk) -> dict[str, set[int]]:
    """Some were stopped 400, 200 and 10 days ago; since the first day some are open, in queue and in hand,
    and one was stopped the day before yesterday."""
    waiting = set(cast.fill(2))
    for held in alice.pull(count=2):
        alice.place_in_queue(held["party"]).ok()
    [held] = [one["id"] for one in alice.pull(count=1)]
    [late] = [one["id"] for one in bob.pull(count=1)]
    old = set(finish(bob, 3))
    desk = cast.log_in("bob")
    desk.log_out().ok(204)
    let_pass(200)
    middle = set(finish(bob, 3))
    let_pass(190)
    recent = set(finish(bob, 3))
    let_pass(8)
    [party] = [one for one in bob.parties() if one["interaction"] == late]
    bob.stop_held(party).ok()
    let_pass(2)
    audit()
    return {
        "old": old,
        "middle": middle,
        "recent": recent,
        "late": {late},
        "open": (waiting - {late}) | {held},
    }


def test_intervals_keep_what_went(floor: dict[str, set[int]]) -> None:
    """Whether or not it had been counted; and a rebuild takes it over."""
    retention.purge(Ages(events=300 * DAY))
    before = figures.everything()
    assert Total.objects.get(kind="server").stopped == 10
    retention.purge(Ages(events=5 * DAY))
    assert figures.everything() == before
    call_command("rebuild_intervals")
    assert figures.everything() == before


def test_what_cannot_be_counted_does_not_go(floor: dict[str, set[int]]) -> None:
    """Another projector is at it, and stuck."""
    live = projector.live_or_new().pk
    with another_connection() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (projector.LOCK, live))
        with pytest.raises(Unavailable, match="Not all that would go"):
            retention.purge(Ages(events=5 * DAY))
        with pytest.raises(CommandError, match="Not all that would go is counted"):
            call_command("purge", "--events-older-than", "5d")
    assert not Purge.objects.exists()
    assert len(lives()) == sum(map(len, floor.values()))


def test_events_of_what_ended_go_and_all_of_what_is_open_stays(floor: dict[str, set[int]]) -> None:
    open_events = Event.objects.filter(interaction__in=floor["open"] | floor["late"])
    before = list(open_events.order_by("pk").values_list("pk", flat=True))
    logins = Event.objects.filter(event="EventAgentLogin").count()
    for days, gone in ((300, {"old"}), (100, {"old", "middle"}), (5, {"old", "middle", "recent"})):
        retention.purge(Ages(events=days * DAY))
        assert lives() == set().union(*(ids for name, ids in floor.items() if name not in gone))
        clean()
    assert list(open_events.order_by("pk").values_list("pk", flat=True)) == before
    assert Event.objects.filter(event="EventAgentLogin").count() == logins - 1
    assert not Event.objects.filter(event="EventAgentLogout").exists()
    bound = retention.bound()
    assert bound is not None and bound.timestamp() % 900 == 0
    assert Purge.objects.count() == 3
    assert retention.purge(Ages(events=5 * DAY)) and lives() == floor["open"] | floor["late"]


def test_a_month_that_nobody_needs_is_dropped(alice: Desk, bob: Desk) -> None:
    """The one that another needs is kept, and so are those between."""
    finish(bob, 2)
    let_pass(60)
    [kept] = cast.fill(1, cast.drafts_of("alice"))
    let_pass(60)
    finish(bob, 2)
    let_pass(200)
    before = partitions.months()
    retention.purge(Ages(events=100 * DAY))
    gone = set(before) - set(partitions.months())
    [(month,)] = fetch_all(
        "SELECT date_trunc('month', min(at), 'UTC') FROM reporting_event WHERE interaction > 0"
    )
    kept_in = Month.of(month)
    assert kept_in not in gone and {one for one in before if one < kept_in} - gone == set(logins_in(before))
    assert lives() == {kept}
    clean()
    assert partitions.provide() == []


def logins_in(months: list[Month]) -> list[Month]:
    found = Event.objects.filter(interaction=None).values_list("at", flat=True)
    return [month for month in months if month in {Month.of(at) for at in found}]


def test_rows_go_with_their_parties_and_children_keep_on(alice: Desk, bob: Desk) -> None:
    [parent] = finish(bob)
    [child, stopped_child] = cast.fill(2, parent_id=parent)
    bob.pull(count=1)
    let_pass(100)
    assert Party.objects.filter(interaction=parent).exists()
    retention.purge(Ages(interactions=90 * DAY))
    assert rows() == {child, stopped_child}
    assert not Interaction.objects.exclude(parent=None).exists()
    assert parent in lives()
    clean()
    bob.get(f"interactions/{parent}").refused(404, "not_found")
    retention.purge(Ages(events=90 * DAY))
    assert parent not in lives()
    clean()


def test_more_children_than_one_transaction_takes(bob: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "CHILDREN_BATCH", 2)
    monkeypatch.setattr(housekeeping, "STOPPED_BATCH", 2)
    parents = finish(bob, 5)
    for parent in parents[:3]:
        cast.fill(5, parent_id=parent)
    let_pass(100)
    retention.purge(Ages(interactions=90 * DAY))
    assert len(rows()) == 15 and not rows() & set(parents)
    clean()


def test_what_was_deleted_by_hand_is_found_beyond_the_bound_alone(alice: Desk, bob: Desk) -> None:
    """The twin: by hand is only excused where a purge might have done it."""
    [old] = finish(bob)
    let_pass(100)
    [young] = finish(bob)
    retention.purge(Ages(interactions=90 * DAY, events=90 * DAY))
    Party.objects.all().delete()
    Interaction.objects.filter(pk=young).delete()
    assert [one.about for one in audit_all().differences] == [f"interaction {young}"]
    Event.objects.filter(interaction=young).delete()
    clean()
    assert old not in lives() | rows()


@pytest.mark.parametrize("days", [300, 5])
def test_events_deleted_by_hand_are_found_beyond_the_bound(days: int, floor: dict[str, set[int]]) -> None:
    retention.purge(Ages(events=days * DAY))
    for subject in floor["late"] | floor["open"]:
        first = Event.objects.filter(interaction=subject).order_by("pk")[0]
        Event.objects.filter(pk=first.pk).delete()
        assert [one.about for one in audit_all().differences] == [f"interaction {subject}"]
        first.save(force_insert=True)
    clean()


def test_the_checkpoint_that_a_purge_leaves(floor: dict[str, set[int]], bob: Desk) -> None:
    """One from before the bound is void, as what it stands on may be gone; a later one is good."""
    audit_all(leave_checkpoint=True)
    retention.purge(Ages(interactions=5 * DAY, events=5 * DAY))
    assert audit_all(from_checkpoint=True, leave_checkpoint=True).differing == 0
    run("UPDATE reporting_checkpoint SET at = at - interval '6 days'")
    report = audit_all(from_checkpoint=True)
    assert (report.began_after, report.differing) == (None, 0)


# --- Interrupted, and beside others ---------------------------------------------------------------


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", range(12))
def test_wherever_it_is_interrupted_it_passes_and_goes_on(
    step: int, floor: dict[str, set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 1)
    monkeypatch.setattr(housekeeping, "STOPPED_BATCH", 1)
    ages = Ages(interactions=5 * DAY, events=5 * DAY)
    told: list[str] = []

    def kill(what: str, gone: int, total: int | None) -> None:
        told.append(what)
        if len(told) > step:
            raise Killed

    with pytest.raises(Killed):
        retention.purge(ages, kill)
    clean()
    retention.purge(ages)
    clean()
    assert lives() == rows() == floor["open"] | floor["late"]


@pytest.mark.parametrize("left", ["pending", "detached"])
def test_a_month_that_was_half_dropped(
    left: str, floor: dict[str, set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "ATTEMPTS", 1)
    ages = Ages(events=5 * DAY)
    if left == "pending":
        with another_connection() as reader:  # who has the log open keeps a month from going
            reader.execute("SELECT count(*) FROM reporting_event")
            with pytest.raises(forgetting.Busy):
                retention.purge(ages)
            clean()
    else:
        monkeypatch.setattr(forgetting, "_drop_detached", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            retention.purge(ages)
        monkeypatch.undo()
    clean()
    retention.purge(ages)
    clean()
    assert lives() == floor["open"] | floor["late"]
    assert fetch_all(forgetting._PENDING) == fetch_all(forgetting._DETACHED) == []


def test_one_that_is_killed(floor: dict[str, set[int]], bob: Desk) -> None:
    """kill -9 of a real process, while a reader keeps it from going on."""
    arguments = ["purge", "--events-older-than", "5d", "--interactions-older-than", "5d"]
    with another_connection() as other:
        other.execute("LOCK TABLE interactions_party IN SHARE MODE")
        process = spawn([*MANAGE, *arguments], tied(signal.SIGKILL), env=environment_of_tests())
        until(Purge.objects.exists, what="the promise")
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    until_let_go()
    clean()
    subprocess.run([*MANAGE, *arguments], env=environment_of_tests(), timeout=180, check=True)
    assert lives() == rows() == floor["open"] | floor["late"]
    clean()


def test_beside_those_who_work_and_beside_another_purge(floor: dict[str, set[int]], bob: Desk) -> None:
    def work() -> None:
        for _ in range(10):
            finish(bob, 2)

    def purge() -> None:
        for _ in range(4):
            try:
                retention.purge(Ages(interactions=5 * DAY, events=5 * DAY))
            except AlreadyRunning:
                continue

    at_once(work, purge, purge, clean, clean)
    clean()
    assert floor["open"] | floor["late"] <= lives() & rows()
    assert not (floor["old"] | floor["middle"] | floor["recent"]) & (lives() | rows())


# --- The command and the task ---------------------------------------------------------------------


def test_a_dry_run_deletes_nothing(floor: dict[str, set[int]], capsys: pytest.CaptureFixture[str]) -> None:
    events = Event.objects.count()
    call_command("purge", "--interactions-older-than", "5d", "--events-older-than", "120h", "--dry-run")
    said = capsys.readouterr().out
    assert any(line.split()[0] == "interactions" and line.split()[-1] == "9" for line in said.splitlines()), (
        said
    )
    assert "the whole month" in said
    assert (Event.objects.count(), Purge.objects.count()) == (events, 0)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--events-older-than", "soon"], ["--events-older-than", "0d"], ["--events-older-than", "800000d"]],
)
def test_mistakes_are_one_line(arguments: list[str], floor: dict[str, set[int]]) -> None:
    with pytest.raises(CommandError) as error:
        call_command("purge", *arguments)
    assert "\n" not in str(error.value)
    assert not Purge.objects.exists()


def test_two_commands_at_once(support: str) -> None:
    with alone("purge"), crowd() as people, pytest.raises(CommandError, match="another purge"):
        people.start(lambda: call_command("purge", "--events-older-than", "5d"))()


def test_the_task_purges_by_the_settings(floor: dict[str, set[int]], settings: Any) -> None:
    tasks.purge()
    assert not Purge.objects.exists()
    settings.EVENTS_KEPT = 300 * DAY
    tasks.purge()
    assert not lives() & floor["old"] and floor["middle"] <= lives()
    assert rows() >= floor["old"]
    assert datetime.now(UTC) - (retention.bound() or datetime.now(UTC)) > 300 * DAY
