"""What is told to a webhook arrives, whatever its receiver answers."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from interactions.sql import fetch_one, run
from reporting.models import Delivery
from reporting.webhooks import outbox, posting
from reporting.webhooks.delivering import deliver
from tests.clock import let_pass
from tests.hooks import Receiver, listening, make_due, state, webhook
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86_400.0


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", 1.0)


@pytest.fixture
def hook() -> Iterator[tuple[Receiver, str]]:
    with listening() as found:
        yield found


def tell(**payload: Any) -> list[int]:
    with transaction.atomic():
        return outbox.tell("test", payload)


def test_delivered_once(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    webhook(url)
    [id] = tell(text="Grüße")
    assert deliver() == 1
    assert deliver() == 0
    [received] = receiver.got
    assert received.said == {"event": "test", "text": "Grüße"}
    assert received.id == id
    assert received.headers["Workbin-Event"] == "test"
    assert received.headers["Content-Type"] == "application/json"
    assert state(id) == ("delivered", 1)
    assert Delivery.objects.get().last_status == 200


def test_each_webhook_is_told_but_those_switched_off(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    first, _, second = webhook(url), webhook(url, is_active=False), webhook(url)
    tell()
    assert set(Delivery.objects.values_list("webhook", flat=True)) == {first.pk, second.pk}
    assert deliver() == len(receiver.got) == 2


def test_what_is_rolled_back_is_told_to_nobody(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    webhook(url)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert outbox.tell("test", {})
        raise ZeroDivisionError
    assert deliver() == 0
    assert receiver.got == []
    assert not Delivery.objects.exists()


# --- What goes wrong at the receiver ----------------------------------------------------------------


def pause(id: int) -> float:
    """Seconds until the next attempt."""
    row = fetch_one(
        """SELECT extract(epoch FROM next_attempt_at - statement_timestamp())::float
           FROM reporting_delivery WHERE id = %(id)s""",
        {"id": id},
    )
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "It answered 500 Internal Server Error; 200 to 299 are taken as received."),
        (404, "It answered 404 Not Found; 200 to 299 are taken as received."),
        (302, "It answered 302 Found. Redirects are not followed: enter the address that it leads to."),
    ],
)
def test_an_answer_that_is_no_success(status: int, words: str, hook: tuple[Receiver, str]) -> None:
    """It is told in words and tried again, under the same id, until it is taken."""
    receiver, url = hook
    receiver.status, receiver.headers = status, {"Location": url}
    webhook(url)
    [id] = tell()
    assert deliver() == 1
    assert len(receiver.got) == 1  # it did not go where it was led
    row = Delivery.objects.get()
    assert (row.last_status, row.last_error) == (status, words)
    assert 0 < pause(id) <= 12.5
    assert deliver() == 0
    receiver.status = 204
    make_due()
    assert deliver() == 1
    assert [received.id for received in receiver.got] == [id, id]
    assert state(id) == ("delivered", 2)
    assert Delivery.objects.get().last_error == ""


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("hang", "There was no answer within 1 s."),
        ("drip", "There was no answer within 1 s."),
        ("close", "No answer came: Server disconnected"),
    ],
)
def test_no_answer(fault: str, words: str, hook: tuple[Receiver, str], request: Any) -> None:
    if fault != "close":
        request.getfixturevalue("impatient")
    receiver, url = hook
    receiver.fault = fault
    webhook(url)
    [id] = tell()
    assert deliver() == 1
    until(lambda: receiver.got, what="the request, which may be read late")
    assert len(receiver.got) == 1
    assert Delivery.objects.get().last_error.startswith(words)
    assert state(id) == ("waiting", 1)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://no.such.host.invalid/", "http://[::1/"])
def test_nobody_is_there(url: str) -> None:
    webhook(url)
    [id] = tell()
    assert deliver() == 1
    assert len(Delivery.objects.get().last_error) > 20
    assert state(id) == ("waiting", 1)


def test_an_endless_answer_is_taken_and_not_kept(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    receiver.fault, receiver.answer = "endless", b"\0\xff" + "ü".encode() * 500
    webhook(url)
    [id] = tell()
    deliver()
    assert state(id) == ("delivered", 1)
    assert Delivery.objects.get().last_answer == "��" + "ü" * 198


# --- How long it is tried ---------------------------------------------------------------------------


def test_pauses_grow_from_ten_seconds_to_an_hour() -> None:
    shortest = [min(outbox.back_off(attempt) for _ in range(50)) for attempt in range(1, 100)]
    longest = [max(outbox.back_off(attempt) for _ in range(50)) for attempt in range(1, 100)]
    assert 10 <= shortest[0] < longest[0] <= 12.5
    assert all(later > earlier * 1.5 for earlier, later in itertools.pairwise(shortest[:8]))
    assert max(longest) <= 3600
    assert all(low < high for low, high in zip(shortest, longest, strict=True))  # jitter


def test_given_up_after_three_days(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    receiver.status = 500
    webhook(url)
    [id] = tell()
    let_pass(2.9 * DAY)
    deliver()
    assert state(id) == ("waiting", 1)
    let_pass(0.2 * DAY)
    deliver()
    assert state(id) == ("failed", 2)
    make_due()
    assert deliver() == 0


def test_what_has_failed_is_resent_under_the_same_id(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    receiver.status = 500
    webhook(url)
    [id] = tell()
    let_pass(4 * DAY)
    deliver()
    assert state(id) == ("failed", 1)
    assert outbox.resend([id]) == 1
    deliver()
    assert state(id) == ("waiting", 1)  # with all patience before it
    receiver.status = 200
    outbox.resend([id])
    deliver()
    assert state(id) == ("delivered", 1)
    assert {received.id for received in receiver.got} == {id}


def test_a_webhook_that_is_switched_off_gets_it_later_or_never(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    off = webhook(url)
    [id] = tell()
    off.is_active = False
    off.save()
    assert deliver() == 0
    off.is_active = True
    off.save()
    assert deliver() == 1
    [late] = tell()
    off.is_active = False
    off.save()
    let_pass(3.1 * DAY)
    assert deliver() == 0
    assert (state(id), state(late)) == (("delivered", 1), ("failed", 0))
    assert len(receiver.got) == 1


def test_settled_deliveries_go_after_thirty_days(hook: tuple[Receiver, str]) -> None:
    _, url = hook
    webhook(url)
    [old] = tell()
    deliver()
    let_pass(20 * DAY)
    [waiting] = tell()
    let_pass(9.9 * DAY)
    assert outbox.forget() == 0
    let_pass(0.2 * DAY)
    [new] = tell()
    assert outbox.forget() == 1
    let_pass(60 * DAY)
    assert outbox.forget() == 0  # what is not settled stays
    assert set(Delivery.objects.values_list("pk", flat=True)) == {waiting, new}
    assert old not in (waiting, new)


# --- Who records what --------------------------------------------------------------------------------


def test_a_late_failure_changes_nothing(hook: tuple[Receiver, str]) -> None:
    """Its lease was over, and another has delivered it."""
    _, url = hook
    webhook(url)
    [id] = tell()
    [late] = outbox.claim()
    make_due()
    deliver()
    outbox.record(late, posting.Outcome(500, "It answered 500."))
    assert state(id) == ("delivered", 2)
    assert Delivery.objects.get().last_status == 200


def test_a_late_success_counts(hook: tuple[Receiver, str]) -> None:
    _, url = hook
    webhook(url)
    [id] = tell()
    [late] = outbox.claim()
    let_pass(4 * DAY)
    [later] = outbox.claim()
    outbox.record(later, posting.Outcome(500, "It answered 500."))
    assert state(id)[0] == "failed"
    outbox.record(late, posting.Outcome(200))
    assert state(id)[0] == "delivered"


def test_one_that_hangs_does_not_keep_the_others_waiting(hook: tuple[Receiver, str], impatient: None) -> None:
    receiver, url = hook
    with listening() as (hanging, elsewhere):
        hanging.fault = "hang"
        webhook(elsewhere)
        for _ in range(4 * outbox.BATCH):
            tell()
        webhook(url)
        tell()
        assert deliver() == outbox.BATCH + 1
        until(lambda: len(receiver.got) == 1, what="the request to the other")


def test_delivered_and_failed_is_impossible() -> None:
    webhook("http://127.0.0.1:1/")
    tell()
    with pytest.raises(IntegrityError):
        run("UPDATE reporting_delivery SET delivered_at = now(), failed_at = now()")


def test_the_lease_is_longer_than_any_attempt() -> None:
    assert outbox.LEASE.total_seconds() >= 2 * posting.TIMEOUT
