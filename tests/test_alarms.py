"""Alarms: when they are raised and cleared, and that each is told."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from interactions import lifecycle
from interactions.callers import AdminCaller
from interactions.models import Interaction, Queue
from interactions.sql import run
from reporting.alarms import evaluation, measures
from reporting.alarms.evaluation import evaluate
from reporting.alarms.measures import Look, Measure, Unmeasurable, Values
from reporting.locks import alone
from reporting.models import Alarm, AlarmRule, Breach, Delivery
from tests import cast
from tests.applications import SUPPORT, Desk
from tests.clock import let_pass
from tests.crowd import at_once, crowd
from tests.hooks import webhook

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = "http://127.0.0.1:1/"


def rule(measure: str = "waiting", threshold: float | None = 3, **given: Any) -> AlarmRule:
    given = {"name": f"{measure} too much", "for_seconds": 60} | given
    return AlarmRule.objects.create(measure=measure, threshold=threshold, **given)


def alarms() -> list[tuple[str, bool]]:
    """Each with its queue, and whether it is open."""
    return [(alarm.queue, alarm.cleared_at is None) for alarm in Alarm.objects.order_by("id")]


def told() -> list[tuple[str, str]]:
    return [(one.kind, one.payload["text"]) for one in Delivery.objects.order_by("id")]


def stop_all() -> None:
    for interaction in Interaction.objects.values_list("pk", flat=True):
        lifecycle.stop_processing(AdminCaller("root"), interaction, None)


def test_raised_after_a_while_and_cleared_at_once(alice: Desk) -> None:
    webhook(NOWHERE)
    watched = rule()
    cast.fill(4)
    evaluate()
    let_pass(45)
    evaluate()
    assert (alarms(), told()) == ([], [])
    let_pass(20)
    evaluate()
    assert alarms() == [(SUPPORT, True)]
    cast.fill(2)
    evaluate()
    alice.pull(count=3)
    evaluate()
    [alarm] = Alarm.objects.all()
    assert (alarm.rule, alarm.name, alarm.cleared_at is None) == (watched, watched.name, False)
    assert (alarm.value, alarm.worst, alarm.latest) == (4, 6, 3)
    assert 60 <= (alarm.raised_at - alarm.since).total_seconds() < 90
    assert told() == [
        ("alarm.raised", "email-support: 4 waiting, more than 3."),
        ("alarm.cleared", "email-support: 3 waiting, no more than 3."),
    ]
    assert not Breach.objects.exists()


def test_what_is_told(alice: Desk) -> None:
    webhook(NOWHERE)
    webhook(NOWHERE)
    rule(for_seconds=0)
    cast.fill(4)
    evaluate()
    [first, second] = Delivery.objects.all()
    assert first.payload == second.payload
    alarm = Alarm.objects.get()
    told = dict(first.payload)
    assert told.pop("since") == told.pop("raised_at") == alarm.raised_at.isoformat().replace("+00:00", "Z")
    assert told == {
        "event": "alarm.raised",
        "alarm": alarm.pk,
        "rule": "waiting too much",
        "measure": "waiting",
        "queue": SUPPORT,
        "value": 4,
        "worst": 4,
        "threshold": 3,
        "unit": "interactions",
        "cleared_at": None,
        "text": "email-support: 4 waiting, more than 3.",
    }


def test_a_breach_that_ends_in_time_begins_anew(alice: Desk) -> None:
    rule()
    cast.fill(4)
    evaluate()
    let_pass(50)
    party = alice.take()
    evaluate()
    alice.place_in_queue(party, queue=SUPPORT).ok()
    evaluate()
    let_pass(50)
    evaluate()
    assert alarms() == []
    let_pass(10)
    evaluate()
    assert alarms() == [(SUPPORT, True)]


def test_an_alarm_is_raised_once_and_again_after_it_was_cleared(alice: Desk) -> None:
    webhook(NOWHERE)
    rule(for_seconds=0)
    cast.fill(4)
    for _ in range(3):
        evaluate()
        let_pass(600)
    assert alarms() == [(SUPPORT, True)]
    party = alice.take()
    evaluate()
    alice.place_in_queue(party, queue=SUPPORT).ok()
    evaluate()
    assert alarms() == [(SUPPORT, False), (SUPPORT, True)]
    assert [kind for kind, _ in told()] == ["alarm.raised", "alarm.cleared", "alarm.raised"]


def test_each_queue_has_its_own(support: str) -> None:
    cast.queue("chat")
    rule(for_seconds=0)
    rule(name="Chat", queue=Queue.objects.get(name="chat"), threshold=0, for_seconds=0)
    cast.fill(4)
    cast.fill(1, "chat")
    evaluate()
    assert set(Alarm.objects.values_list("name", "queue")) == {
        ("waiting too much", SUPPORT),
        ("Chat", "chat"),
    }


# --- All or nothing, and once -----------------------------------------------------------------------


def test_an_alarm_and_its_deliveries_commit_together(support: str) -> None:
    webhook(NOWHERE)
    rule(for_seconds=0)
    cast.fill(4)
    run("ALTER TABLE reporting_delivery ADD CONSTRAINT stuck CHECK (false)")
    try:
        with pytest.raises(IntegrityError, match="stuck"):
            evaluate()
    finally:
        run("ALTER TABLE reporting_delivery DROP CONSTRAINT stuck")
    assert (alarms(), told()) == ([], [])
    evaluate()
    assert (len(alarms()), len(told())) == (1, 1)


def test_many_evaluators_at_once_raise_one(support: str) -> None:
    webhook(NOWHERE)
    rule(for_seconds=0)
    cast.fill(4)
    at_once(*[evaluate] * 8)
    assert alarms() == [(SUPPORT, True)]
    assert len(told()) == 1


def test_nothing_while_another_is_at_it(support: str) -> None:
    """The twin of the lock."""
    rule(for_seconds=0)
    cast.fill(4)
    with alone(evaluation.WORK), crowd() as people:
        people.start(evaluate)()
        assert alarms() == []
    evaluate()
    assert alarms() == [(SUPPORT, True)]


def test_two_open_alarms_of_a_rule_and_queue_are_impossible(support: str) -> None:
    rule(for_seconds=0)
    cast.fill(4)
    evaluate()
    columns = "rule_id, name, measure, queue, threshold, since, raised_at, value, worst, latest, text"
    again = f"INSERT INTO reporting_alarm ({columns}) SELECT {columns} FROM reporting_alarm"
    with pytest.raises(IntegrityError):
        run(again)
    run("UPDATE reporting_alarm SET cleared_at = now()")
    assert run(again) == 1


# --- What ends an alarm besides ---------------------------------------------------------------------


def raised(support: str, **given: Any) -> AlarmRule:
    webhook(NOWHERE)
    made = rule(for_seconds=0, **given)
    cast.fill(4)
    evaluate()
    assert alarms() == [(support, True)]
    return made


def test_a_rule_that_is_switched_off(support: str) -> None:
    made = raised(support)
    made.is_active = False
    made.save()
    evaluate()
    assert alarms() == [(support, False)]
    assert told()[-1] == ("alarm.cleared", "email-support: the rule was switched off or deleted.")
    assert not Breach.objects.exists()


def test_a_rule_that_is_deleted(support: str) -> None:
    raised(support).delete()
    assert alarms() == [(support, True)]
    evaluate()
    assert alarms() == [(support, False)]
    assert Alarm.objects.get().name == "waiting too much"
    assert Delivery.objects.get(kind="alarm.cleared").payload["value"] is None


@pytest.mark.parametrize("is_its_own", [True, False])
def test_a_queue_that_is_deleted(is_its_own: bool, support: str) -> None:
    queue = Queue.objects.get(name=support)
    raised(support, **({"queue": queue} if is_its_own else {}))
    Interaction.objects.all().delete()
    queue.delete()
    evaluate()
    assert alarms() == [(support, False)]
    assert AlarmRule.objects.exists() is not is_its_own


def test_a_threshold_that_is_raised(support: str) -> None:
    made = raised(support)
    made.threshold = 4
    made.save()
    evaluate()
    assert alarms() == [(support, False)]


# --- What cannot be measured ------------------------------------------------------------------------


def test_figures_that_are_behind_neither_raise_nor_clear(
    support: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule says why, and forgets it when the figures are back."""
    made = raised(support)

    def behind(look: Look) -> Values:
        raise Unmeasurable("The figures are 300 s behind the log.")

    known = measures.MEASURES["waiting"]
    measure = Measure(known.title, known.unit, behind, known.beyond, known.within)
    with monkeypatch.context() as patch:
        patch.setattr("reporting.alarms.looking.MEASURES", {"waiting": measure})
        stop_all()
        evaluate()
        assert AlarmRule.objects.get(pk=made.pk).trouble == "The figures are 300 s behind the log."
        assert alarms() == [(support, True)]
        assert Breach.objects.exists()
    evaluate()
    assert AlarmRule.objects.get(pk=made.pk).trouble == ""
    assert alarms() == [(support, False)]


def test_a_measure_that_is_not_known(support: str) -> None:
    made = rule("loudness", for_seconds=0)
    evaluate()
    assert "loudness" in AlarmRule.objects.get(pk=made.pk).trouble
    assert alarms() == []


# --- What is kept, and what Prometheus sees ---------------------------------------------------------


def test_cleared_alarms_go_after_a_year(support: str) -> None:
    raised(support)
    let_pass(400 * 86_400)
    assert evaluation.forget() == 0  # open
    stop_all()
    evaluate()
    let_pass(364 * 86_400)
    assert evaluation.forget() == 0
    let_pass(2 * 86_400)
    assert evaluation.forget() == 1


def test_prometheus_sees_what_is_open(support: str) -> None:
    line = 'workbin_alarm{queue="email-support",rule="waiting too much"} 1.0'
    made = raised(support)
    assert line in scraped()
    made.delete()
    columns = "name, measure, queue, threshold, since, raised_at, value, worst, latest, text"
    run(f"INSERT INTO reporting_alarm ({columns}) SELECT {columns} FROM reporting_alarm")
    assert scraped().count(line) == 1  # the old rule's, and that of one of the same name
    evaluate()
    assert line not in scraped()


def scraped() -> str:
    return Client().get("/metrics").content.decode()
