"""Celery tasks: shells. Each is a hint, safe to lose, repeat and run twice."""

from celery import shared_task

from reporting import partitions


@shared_task(ignore_result=True)
def provide_partitions() -> None:
    partitions.provide()
