"""Nothing that is to be told is lost, whatever dies; and several deliverers do not tell it twice."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from interactions import broker
from reporting import tasks
from reporting.models import Delivery
from reporting.webhooks import outbox, posting
from reporting.webhooks.delivering import deliver
from tests.crowd import at_once, crowd
from tests.hooks import PATIENCE, Receiver, listening, make_due, state, webhook
from tests.processes import until
from tests.workers import CLOSED, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def hook() -> Iterator[tuple[Receiver, str]]:
    with listening() as found:
        yield found


def tell(**payload: Any) -> int:
    with transaction.atomic():
        [id] = outbox.tell("test", payload)
    return id


def deliver_all() -> None:
    while deliver():
        pass


def test_two_deliverers_deliver_each_once(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    webhook(url)
    told = [tell(number=number) for number in range(40)]
    at_once(*[deliver_all] * 4)
    assert sorted(received.id for received in receiver.got) == told
    assert {state(id) for id in told} == {("delivered", 1)}


def test_two_without_a_lease_deliver_twice(hook: tuple[Receiver, str]) -> None:
    """The twin: what another claims again before the first is answered is delivered twice."""
    webhook(hook[1])
    tell()
    [first] = outbox.claim()
    assert outbox.claim() == []
    make_due()
    [second] = outbox.claim()
    assert (first.id, first.attempts, second.attempts) == (second.id, 1, 2)


def test_killed_between_post_and_record(hook: tuple[Receiver, str]) -> None:
    """A worker has posted and is killed before it hears the answer: it is told again, by the same id."""
    receiver, url = hook
    receiver.fault = "hang"
    webhook(url)
    killed = None
    with contextlib.suppress(AssertionError), worker() as process:  # which minds that it ends
        id = tell()  # and so the worker is poked
        until(lambda: receiver.got)
        assert state(id) == ("waiting", 1)
        kill_with_children(process.pid)
        killed = process.wait(10)
    assert killed == -signal.SIGKILL
    receiver.fault = ""
    receiver.released.set()
    assert state(id) == ("waiting", 1)
    assert deliver() == 0  # it is leased still
    make_due()
    assert deliver() == 1
    assert [received.id for received in receiver.got] == [id, id]
    assert receiver.got[0].body == receiver.got[1].body
    assert state(id) == ("delivered", 2)


def kill_with_children(pid: int) -> None:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (pid, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def test_a_broker_that_lost_everything(hook: tuple[Receiver, str]) -> None:
    """No hint is left, and beat's next task finds what is due."""
    receiver, url = hook
    webhook(url)
    id = tell()
    assert broker.tell(lambda redis: redis.flushdb())
    with worker():
        assert not receiver.got
        outbox.poke()  # what beat sends every few seconds
        until(lambda: state(id) == ("delivered", 1))
    assert len(receiver.got) == 1


def test_without_a_broker_it_is_written_all_the_same(hook: tuple[Receiver, str], settings: Any) -> None:
    receiver, url = hook
    webhook(url)
    settings.REDIS_URL = CLOSED
    id = tell()
    assert Delivery.objects.get().pk == id
    assert deliver() == 1
    assert len(receiver.got) == 1


def test_beat_delivers_and_evaluates(settings: Any) -> None:
    tasks = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks[outbox.DELIVER] <= 10
    assert tasks["reporting.tasks.evaluate_alarms"] <= 10
    from reporting import tasks as registered

    assert {registered.deliver.name, registered.evaluate_alarms.name, registered.forget_old.name} <= set(
        tasks
    )


def test_what_is_told_while_another_hangs_does_not_wait(
    hook: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", PATIENCE)
    receiver, url = hook
    with listening() as (hanging, elsewhere), crowd() as workers:
        hanging.fault = "hang"
        webhook(elsewhere)
        tell()
        made = workers.start(deliver)
        until(lambda: hanging.got)
        with transaction.atomic():
            outbox.tell("test", {}, webhook=webhook(url).pk)
        until(lambda: receiver.got)
        hanging.released.set()
        assert made() == 2


def test_receivers_that_hang_keep_one_process_busy(hook: tuple[Receiver, str]) -> None:
    receiver, url = hook
    receiver.fault = "hang"
    webhook(url)
    with crowd() as workers:
        for _ in range(2 * outbox.BATCH):
            tell()
        workers.start(tasks.deliver)
        until(lambda: len(receiver.got) == outbox.BATCH)
        tasks.deliver()
        assert len(receiver.got) == outbox.BATCH
        receiver.released.set()
