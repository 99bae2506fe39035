"""The audit runs beside a live system, begins at checkpoints, and says what it found."""

import random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from interactions.models import Interaction
from interactions.sql import run
from reporting import tasks
from reporting.audit import audit as audit_all
from reporting.audit import beginning
from reporting.audit.replay import Replay
from reporting.audit.snapshot import snapshot
from reporting.locks import alone
from reporting.models import AuditRun, Checkpoint, Event, Standing
from tests import cast
from tests.applications import Desk
from tests.audit import audit, told
from tests.crowd import another_connection, at_once

pytestmark = pytest.mark.django_db(transaction=True)

TURNS = 25
MOST = 20  # times that, on a machine that is slow to read the log


def work(desk: Desk, number: int) -> None:
    """What an agent does all day, at random."""
    dice = random.Random(number)
    for _ in range(TURNS):
        for held in desk.pull(count=2):
            party = held["party"]
            match dice.randrange(4):
                case 0:
                    desk.stop_held(party)
                case 1:
                    desk.place_in_queue(party)
                case 2:
                    desk.change_held(party, priority=dice.randrange(9))
        if dice.random() < 0.1:
            desk.log_out()
            desk.token = cast.log_in(desk.name).token


def test_it_is_clean_beside_those_who_work(support: str) -> None:
    """Whole and from checkpoint to checkpoint, while the log grows under it."""
    for number in range(4):
        cast.agent(f"agent-{number}", cast.TEAM)
    desks = [cast.log_in(f"agent-{number}") for number in range(4)]
    done: list[int] = []
    seen: list[int] = []

    def worker(number: int) -> None:
        for _ in range(MOST):
            cast.fill(10)
            work(desks[number], number)
            if len(set(seen)) > 2:  # the log grew while it was read
                break
        done.append(number)

    def auditor(**how: Any) -> None:
        while len(done) < len(desks):
            report = audit_all(**how)
            assert report.differing == 0, told(report)
            assert report.told == report.found
            seen.append(report.events)

    at_once(
        *[lambda number=number: worker(number) for number in range(4)],
        auditor,
        lambda: auditor(from_checkpoint=True, leave_checkpoint=True),
    )
    assert len(set(seen)) > 2
    audit()
    assert audit_all(from_checkpoint=True).differing == 0


def test_who_writes_without_end_does_not_matter(alice: Desk) -> None:
    """A command that has not committed is neither in the log nor in the tables."""
    cast.fill(2)
    with another_connection() as other:
        other.execute("UPDATE interactions_interaction SET state = 'stopped', completed_at = now()")
        audit()


# --- Checkpoints ----------------------------------------------------------------------------------


def from_checkpoint(**how: Any) -> Any:
    return audit_all(from_checkpoint=True, **how)


def test_from_a_checkpoint_it_reads_what_came_since(alice: Desk, bob: Desk) -> None:
    first, *_ = cast.fill(3)
    alice.take()
    assert audit_all(leave_checkpoint=True).differing == 0
    last = Event.objects.count()
    assert Standing.objects.filter(kind="interaction").count() == 3
    assert from_checkpoint(leave_checkpoint=True).events == 0
    alice.stop(first, party=alice.parties()[0]["id"]).ok()
    bob.log_out().ok(204)
    cast.fill(1)
    report = from_checkpoint(leave_checkpoint=True)
    assert (report.differing, report.events) == (0, Event.objects.count() - last)
    assert sorted(open_at_checkpoint()) == sorted(
        Interaction.objects.exclude(state="stopped").values_list("pk", flat=True)
    )
    assert from_checkpoint().differing == 0


def open_at_checkpoint() -> list[int]:
    assert Checkpoint.objects.filter(is_complete=True).count() == 3
    return list(
        Standing.objects.filter(kind="interaction", life__isnull=False).values_list("number", flat=True)
    )


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE interactions_interaction SET revision = 7 WHERE state = 'queued'",
        "UPDATE interactions_interaction SET state = 'queued', completed_at = NULL WHERE state = 'stopped'",
        "UPDATE interactions_party SET session_id = (SELECT max(id) FROM interactions_session)",
        "UPDATE interactions_session SET ended_at = now(), end_reason = 'LoggedOut'",
        "DELETE FROM interactions_interaction WHERE state = 'queued'",
        "DELETE FROM reporting_event WHERE id = (SELECT max(id) FROM reporting_event)",
        "UPDATE reporting_event SET party = party + 1 WHERE id = (SELECT max(id) FROM reporting_event)",
    ],
)
def test_damage_is_found_from_a_checkpoint_too(damage: str, alice: Desk, bob: Desk) -> None:
    cast.fill(4)
    alice.stop_held(alice.take()).ok()
    alice.take()
    audit_all(leave_checkpoint=True)
    cast.fill(1)
    bob.take()
    assert from_checkpoint().differing == 0
    run(damage)
    assert from_checkpoint().differing > 0


def test_no_checkpoint_is_left_where_something_differs(support: str) -> None:
    cast.fill(2)
    run("UPDATE interactions_interaction SET revision = 7")
    assert audit_all(leave_checkpoint=True).differing == 2
    assert beginning() is None


def test_a_checkpoint_in_the_middle_of_a_command(alice: Desk) -> None:
    """Its ids are drawn one by one, and some may lie beyond."""
    cast.fill(1)
    alice.take()
    event = Event.objects.get(event="EventTakenFromQueue").pk
    with snapshot():
        replay = Replay(None, event, 20)
        report = replay.run(lambda at, last: None)
    replay.standings.leave(event, report.at, None)
    report = from_checkpoint()
    assert (report.differing, report.events) == (0, 1), told(report)


# --- The command and the task ---------------------------------------------------------------------


def test_the_command_says_what_it_checked(alice: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    cast.fill(3)
    alice.take()
    call_command("audit", "--checkpoint")
    call_command("audit", "--from-checkpoint")
    said = capsys.readouterr().out
    rows = [line.split() for line in said.splitlines()]
    for row in (["interactions", "3"], ["events", "9"], ["differences", "0"]):
        assert any([cell for cell in found if cell != "│"] == row for found in rows), said
    assert "email-support" in said and "after event" in said
    assert said.endswith("The log leads to the tables as they are.\n")
    assert AuditRun.objects.count() == 2


def test_the_command_names_differences_and_fails(alice: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    interactions = cast.fill(3)
    alice.take()
    run("UPDATE interactions_interaction SET revision = 7")
    with pytest.raises(CommandError) as error:
        call_command("audit", "--limit", "2")
    assert error.value.returncode == 1
    said = capsys.readouterr().out
    assert f"interaction {interactions[0]}" in said and "and 1 more" in said
    assert "by the log its revision is 0, and in fact 7" in said
    assert "as they are" not in said
    taken = Event.objects.get(event="EventTakenFromQueue")
    assert f"{taken.pk} {taken.at.isoformat()} EventTakenFromQueue: party" in said
    assert AuditRun.objects.get().differences == 3


def test_the_task_goes_from_checkpoint_to_checkpoint_and_never_twice_at_once(support: str) -> None:
    cast.fill(2)
    tasks.audit()
    tasks.audit()
    assert list(AuditRun.objects.order_by("pk").values_list("events", flat=True)) == [4, 0]
    with alone("audit"):
        at_once(tasks.audit)
    assert AuditRun.objects.count() == 2


def test_one_that_cannot_be_done_is_no_difference(support: str) -> None:
    def audit_too() -> int:
        with pytest.raises(CommandError, match="another audit") as error:
            call_command("audit", "--checkpoint")
        return error.value.returncode

    with alone("audit"):
        assert at_once(audit_too) == [2]


def test_the_admin_shows_runs_with_their_differences(support: str, client: Client) -> None:
    cast.fill(1)
    run("UPDATE interactions_interaction SET revision = 7")
    tasks.audit()
    client.force_login(User.objects.create_superuser("chief"))
    found = AuditRun.objects.get()
    assert client.get("/admin/reporting/auditrun/").status_code == 200
    page = client.get(f"/admin/reporting/auditrun/{found.pk}/change/").content.decode()
    assert "by the log its revision is 0, and in fact 7" in page and "EventPlacedInQueue" in page
    assert client.post(f"/admin/reporting/auditrun/{found.pk}/delete/").status_code == 403
