"""An alarm begins or ends: its row, and what the webhooks are told of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from interactions.instants import instant, instant_or_none
from reporting.alarms.looking import Reading
from reporting.alarms.measures import MEASURES
from reporting.alarms.words import write_beyond, write_within
from reporting.models import Alarm
from reporting.webhooks import outbox

RAISED, CLEARED = "alarm.raised", "alarm.cleared"
SOON = timedelta(minutes=5)  # within which what was found is told


def raise_alarm(reading: Reading, since: datetime, now: datetime) -> None:
    rule = reading.rule
    text = write_beyond(rule.measure, reading.queue, reading.value, reading.threshold)
    alarm = Alarm.objects.create(
        rule=rule,
        name=rule.name,
        measure=rule.measure,
        queue=reading.queue,
        threshold=reading.threshold,
        since=since,
        raised_at=now,
        value=reading.value,
        worst=reading.value,
        latest=reading.value,
        text=text,
    )
    outbox.tell(RAISED, members(alarm, reading.value, text))


def clear_alarm(alarm: Alarm, reading: Reading | None, now: datetime, *, is_rule_over: bool) -> None:
    alarm.cleared_at = now
    if reading is not None:
        alarm.latest = reading.value
        text = write_within(alarm.measure, alarm.queue, reading.value, reading.threshold)
    elif is_rule_over:
        text = f"{alarm.queue or 'Server'}: the rule was switched off or deleted."
    else:
        text = f"{alarm.queue or 'Server'}: there is nothing to measure any more."
    alarm.save(update_fields=["cleared_at", "latest"])
    outbox.tell(CLEARED, members(alarm, reading.value if reading else None, text))


def members(alarm: Alarm, value: float | None, text: str) -> dict[str, Any]:
    measure = MEASURES.get(alarm.measure)
    return {
        "alarm": alarm.pk,
        "rule": alarm.name,
        "measure": alarm.measure,
        "queue": alarm.queue or None,
        "value": value,
        "worst": alarm.worst,
        "threshold": alarm.threshold,
        "unit": measure.unit if measure else None,
        "since": instant(alarm.since),
        "raised_at": instant(alarm.raised_at),
        "cleared_at": instant_or_none(alarm.cleared_at),
        "text": text,
    }


def told_of(alarm: Alarm) -> Q:
    """Its deliveries. They were written with it: those of these minutes are looked through, and no others."""
    moments = Q(created_at__range=(alarm.raised_at, alarm.raised_at + SOON))
    if alarm.cleared_at:
        moments |= Q(created_at__range=(alarm.cleared_at, alarm.cleared_at + SOON))
    return moments & Q(payload__alarm=alarm.pk)
