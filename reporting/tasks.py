"""Celery tasks: shells. Each is a hint, safe to lose, repeat and run twice."""

from contextlib import suppress

from celery import shared_task

from interactions.errors import Unavailable
from reporting import partitions
from reporting.alarms.evaluation import evaluate, forget
from reporting.intervals import projector
from reporting.webhooks import outbox
from reporting.webhooks.delivering import deliver as deliver_batch


@shared_task(ignore_result=True)
def provide_partitions() -> None:
    partitions.provide()


@shared_task(ignore_result=True)
def project() -> None:
    """Count what is new in the log."""
    live = projector.live_or_new()
    with suppress(Unavailable):  # a writer is in the way: the next run counts it
        while projector.project(live.pk) == projector.BATCH:
            pass


@shared_task(name=outbox.DELIVER, ignore_result=True)
def deliver() -> None:
    deliver_batch()


@shared_task(ignore_result=True)
def evaluate_alarms() -> None:
    evaluate()


@shared_task(ignore_result=True)
def forget_old() -> None:
    outbox.forget()
    forget()
