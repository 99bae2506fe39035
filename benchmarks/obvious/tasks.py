"""A countdown for each hold. `python -m celery -A benchmarks.obvious.tasks worker` carries them out."""

import os
from datetime import timedelta

from celery import Celery, uuid
from django.db import transaction
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.obvious.settings")

app = Celery("obvious")
app.set_default()
app.config_from_object("django.conf:settings", namespace="OBVIOUS")


@app.task
def revoke_hold(hold_id: int) -> None:
    from benchmarks.obvious.models import EventRow, Hold, Item

    with transaction.atomic():
        hold = Hold.objects.select_for_update().get(pk=hold_id)
        if hold.ended_at or hold.deadline_at > timezone.now():
            return
        hold.ended_at = timezone.now()
        hold.save()
        hold.item.state = Item.State.QUEUED
        hold.item.save()
        for event in ("EventPartyRemoved", "EventRevoked"):
            EventRow(
                event=event,
                item=hold.item,
                queue=hold.item.queue.name,
                agent=hold.agent.user.username,
                hold=hold.pk,
                reason="Expired",
            ).save()


def restart(hold, now) -> None:
    """The hold's countdown begins anew."""
    app.control.revoke(hold.task_id)
    hold.task_id = uuid()
    hold.last_reset_at = now
    hold.deadline_at = now + timedelta(seconds=hold.handling_timeout)
    hold.save()
    start(hold)


def start(hold) -> None:
    revoke_hold.apply_async((hold.pk,), countdown=hold.handling_timeout, task_id=hold.task_id)
