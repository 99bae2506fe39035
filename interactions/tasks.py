"""Celery tasks: shells around commands. Each is a hint, safe to lose, repeat and run twice."""

from contextlib import suppress

from celery import shared_task
from kombu.exceptions import KombuError

from interactions import housekeeping, lifecycle, sessions
from interactions.hints import Hint
from interactions.signals import TIMER


@shared_task(name="interactions.tasks.revoke_due", base=Hint, ignore_result=True)
def revoke_due() -> None:
    """Revoke whatever is due. A full batch calls for another worker beside this one."""
    while lifecycle.revoke_due(TIMER) == lifecycle.BATCH:
        with suppress(KombuError, OSError):  # without the broker this one does it all
            revoke_due.apply_async(expires=5, retry=False)


@shared_task(base=Hint, ignore_result=True)
def end_idle_sessions() -> None:
    sessions.end_idle_sessions()
    sessions.end_barred_sessions()


@shared_task(base=Hint, ignore_result=True)
def purge() -> None:
    housekeeping.purge()
