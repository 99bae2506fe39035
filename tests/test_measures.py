"""Each measure, just below, at and above a threshold."""

import pytest

from interactions.models import Queue
from interactions.sql import run
from reporting.alarms.evaluation import evaluate
from reporting.alarms.measures import MEASURES
from reporting.alarms.words import write_beyond, write_within
from reporting.models import Alarm, AlarmRule, AuditRun, ServiceLevel
from tests import cast
from tests.applications import SUPPORT, Desk
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

PARKED = "chat"  # a queue beside, where nothing happens


def raised(measure: str, threshold: float | None, window: int | None = None) -> list[str]:
    """The queues of which a rule with this threshold raises an alarm, at once."""
    Alarm.objects.all().delete()
    AlarmRule.objects.all().delete()
    AlarmRule.objects.create(name="rule", measure=measure, threshold=threshold, window=window, for_seconds=0)
    evaluate()
    return sorted(Alarm.objects.values_list("queue", flat=True))


def value(measure: str, window: int | None = None) -> float:
    """Of the support queue, raised by a threshold that nothing keeps."""
    assert SUPPORT in raised(measure, 1000 if MEASURES[measure].is_low_bad else -1, window)
    return Alarm.objects.get(queue=SUPPORT).value


def promise(percent: float = 80, seconds: int = 60) -> None:
    ServiceLevel.objects.create(queue=Queue.objects.get(name=SUPPORT), percent=percent, seconds=seconds)


@pytest.fixture(autouse=True)
def another_queue(support: str) -> None:
    cast.queue(PARKED, cast.TEAM)


def test_waiting(alice: Desk) -> None:
    cast.fill(4)
    alice.take()
    cast.fill(9, cast.drafts_of("alice"))  # a private queue is nobody's business
    assert raised("waiting", 2.9) == [SUPPORT]
    assert raised("waiting", 3) == []
    assert raised("waiting", 3.1) == []


def test_oldest_waiting(alice: Desk) -> None:
    cast.fill(1)
    let_pass(50)
    alice.take()
    cast.fill(1)
    let_pass(100)
    cast.fill(1)
    assert raised("oldest_waiting", 99) == [SUPPORT]
    assert raised("oldest_waiting", 130) == []
    assert raised("oldest_waiting", -1) == [PARKED, SUPPORT]  # an empty queue: 0 s


def revoke_some(alice: Desk, pulls: int, revocations: int) -> None:
    cast.fill(pulls)
    parties = [one["party"] for one in alice.pull(count=pulls)]
    make_overdue(*[party["interaction"] for party in parties[:revocations]])
    for party in parties[revocations:]:
        alice.stop_held(party).ok()
    run_out()


def run_out() -> None:
    from interactions import lifecycle
    from interactions.signals import TIMER

    lifecycle.revoke_due(TIMER)


def test_revocation_rate(alice: Desk) -> None:
    revoke_some(alice, 20, 5)
    assert value("revocation_rate", 15) == 25
    assert raised("revocation_rate", 24.9, 15) == [SUPPORT]
    assert raised("revocation_rate", 25, 15) == []
    assert raised("revocation_rate", 25.1, 15) == []


def test_the_rate_counts_neither_supervisors_nor_what_is_long_past(alice: Desk, lena: Desk) -> None:
    revoke_some(alice, 20, 5)
    lena.revoke(alice.take()["interaction"]).ok()
    assert value("revocation_rate", 15) == pytest.approx(100 * 5 / 21)
    run("UPDATE reporting_event SET at = at - interval '10 minutes'")
    assert SUPPORT in raised("revocation_rate", 20, 15)
    run("UPDATE reporting_event SET at = at - interval '6 minutes'")
    assert raised("revocation_rate", -1, 15) == []


def test_the_rate_is_100_at_most(alice: Desk) -> None:
    revoke_some(alice, 12, 12)
    run("UPDATE reporting_event SET at = at - interval '1 hour' WHERE event = 'EventTakenFromQueue'")
    revoke_some(alice, 10, 0)
    assert value("revocation_rate", 15) == 100


def test_the_rate_of_a_few_pulls_says_nothing(alice: Desk) -> None:
    revoke_some(alice, 9, 9)
    assert raised("revocation_rate", -1, 15) == []
    revoke_some(alice, 1, 0)
    assert value("revocation_rate", 15) == 90


def serve(alice: Desk, soon: int, late: int) -> None:
    """Pulls that waited for less than a minute, and for longer."""
    cast.fill(late)
    let_pass(61)
    alice.pull(count=late) if late else None
    cast.fill(soon)
    let_pass(50)
    alice.pull(count=soon)


def test_service_level(alice: Desk) -> None:
    promise(80)
    serve(alice, soon=8, late=2)
    assert value("service_level", 15) == 80
    assert raised("service_level", 79.9, 15) == []
    assert raised("service_level", 80, 15) == []
    assert raised("service_level", 80.1, 15) == [SUPPORT]


def test_without_a_threshold_the_queues_own_target_counts(alice: Desk) -> None:
    promise(80)
    serve(alice, soon=8, late=2)
    assert raised("service_level", None, 15) == []
    ServiceLevel.objects.update(percent=81)
    assert raised("service_level", None, 15) == [SUPPORT]
    assert Alarm.objects.get().threshold == 81
    ServiceLevel.objects.all().delete()
    assert raised("service_level", 100, 15) == []  # nothing is promised


def test_who_still_waits_is_late_too(alice: Desk) -> None:
    promise()
    assert value("service_level", 15) == 100
    cast.fill(3)
    let_pass(45)
    assert value("service_level", 15) == 100
    let_pass(20)
    assert value("service_level", 15) == 0
    cast.fill(1)
    alice.pull(count=4)
    assert value("service_level", 15) == 25


def test_what_was_served_long_ago_does_not_count(alice: Desk) -> None:
    promise()
    serve(alice, soon=1, late=1)
    assert value("service_level", 15) == 50
    run("UPDATE reporting_event SET at = at - interval '16 minutes'")
    assert value("service_level", 15) == 100


def test_what_an_audit_from_the_start_found_stands_until_the_next() -> None:
    """One from a checkpoint does not look there, and finds nothing."""

    def audited(differences: int, began_after: int | None) -> list[str]:
        counts = {"seconds": 0, "events": 0, "interactions": 0, "sessions": 0}
        AuditRun.objects.create(differences=differences, began_after=began_after, **counts)
        return raised("audit_difference", 0)

    assert raised("audit_difference", 0) == []
    assert audited(1, None) == [""]
    assert audited(0, 1000) == [""]
    assert audited(0, None) == []
    assert audited(1, 1000) == [""]
    assert audited(0, 2000) == []


def test_revocation_lag(alice: Desk) -> None:
    assert raised("revocation_lag", 0) == []
    cast.fill(1)
    make_overdue(alice.take()["interaction"])
    assert raised("revocation_lag", 0.9) == [""]
    assert raised("revocation_lag", 30) == []


@pytest.mark.parametrize(
    ("measure", "value", "threshold", "sentence"),
    [
        ("waiting", 4, 3, "Q: 4 waiting, more than 3."),
        ("oldest_waiting", 600.2, 600, "Q: the oldest has waited for 10 min 1 s, longer than 10 min."),
        ("service_level", 79.96, 80, "Q: 79.9 % were pulled in time, less than 80 %."),
        (
            "revocation_rate",
            5.01,
            5,
            "Q: 5.1 % of the pulls ended because an agent went quiet, more than 5 %.",
        ),
        (
            "revocation_lag",
            2.34,
            1,
            "Q: an overdue hold has been waiting 2.4 s for its revocation, longer than 1 s.",
        ),
    ],
)
def test_sentences(measure: str, value: float, threshold: float, sentence: str) -> None:
    """What is beyond a threshold never reads as equal to it."""
    assert write_beyond(measure, "Q", value, threshold) == sentence


def test_each_measure_has_its_sentences() -> None:
    for name in MEASURES:
        assert write_within(name, "", 1, 2).startswith("Server: ")
