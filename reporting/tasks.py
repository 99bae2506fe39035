"""Celery tasks: shells. Each is a hint, safe to lose, repeat and run twice."""

import logging
from contextlib import suppress

from celery import shared_task

from interactions.errors import Unavailable
from interactions.hints import Hint
from reporting import audit as audits
from reporting import forgetting, partitions, retention
from reporting.alarms.evaluation import evaluate, forget
from reporting.intervals import projector
from reporting.locks import AlreadyRunning, alone
from reporting.webhooks import outbox
from reporting.webhooks.delivering import deliver as deliver_due

log = logging.getLogger(__name__)


@shared_task(base=Hint, ignore_result=True)
def provide_partitions() -> None:
    partitions.provide()


@shared_task(base=Hint, ignore_result=True)
def project() -> None:
    """Count what is new in the log."""
    with suppress(Unavailable):  # a writer is in the way: the next run counts it
        projector.catch_up()


@shared_task(name=outbox.DELIVER, base=Hint, ignore_result=True)
def deliver() -> None:
    """One at a time: of a worker's processes, receivers that do not answer keep one busy, and no more."""
    with suppress(AlreadyRunning), alone("deliver"):
        deliver_due()


@shared_task(base=Hint, ignore_result=True)
def evaluate_alarms() -> None:
    evaluate()


@shared_task(base=Hint, ignore_result=True)
def forget_old() -> None:
    outbox.forget()
    forget()


@shared_task(base=Hint, ignore_result=True)
def audit() -> None:
    """What came since the last one. The run is kept, and a difference logged."""
    with suppress(AlreadyRunning):
        report = audits.audit(from_checkpoint=True, leave_checkpoint=True)
        audits.record(report)
        if report.differing:
            log.error("log and tables differ in %s things: see Audits in the admin", report.differing)


@shared_task(base=Hint, ignore_result=True)
def purge() -> None:
    if ages := retention.Ages.of_settings():
        with suppress(AlreadyRunning):
            try:
                retention.purge(ages)
            except (forgetting.Busy, Unavailable) as error:
                log.warning("%s", error)  # the next one goes on from there
