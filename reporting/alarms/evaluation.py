"""Raises and clears alarms. Everything is read first and written last, in one short transaction, with the
deliveries that tell of it."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from interactions.sql import run
from interactions.statements.locks import read_now
from reporting.alarms import telling
from reporting.alarms.looking import Key, Reading, View, look
from reporting.alarms.measures import MEASURES
from reporting.locks import AlreadyRunning, alone
from reporting.models import Alarm, AlarmRule, Breach
from reporting.snapshot import snapshot

WORK = "alarms"
KEPT = timedelta(days=365)  # alarms that were cleared


def evaluate() -> None:
    """Nothing, while another is at it: what it finds is as good."""
    with suppress(AlreadyRunning), alone(WORK):
        with snapshot():
            now = read_now()
            view = look(now)
        with transaction.atomic():
            _act(view, now)


def _act(view: View, now: datetime) -> None:
    open_alarms = list(Alarm.objects.filter(cleared_at=None).order_by("id"))
    since = _follow_breaches(view, now)
    is_open = {(alarm.rule_id, alarm.queue) for alarm in open_alarms}
    for key, reading in view.readings.items():
        lasts = timedelta(seconds=reading.rule.for_seconds)
        if key in since and key not in is_open and now - since[key] >= lasts:
            telling.raise_alarm(reading, since[key], now)
    for alarm in open_alarms:
        _go_on(alarm, view, now)
    _tell_troubles(view)


def _follow_breaches(view: View, now: datetime) -> dict[Key, datetime]:
    """Since when each reading has been beyond its threshold."""
    known = {(breach.rule_id, breach.queue): breach for breach in Breach.objects.all()}
    beyond = {key: reading for key, reading in view.readings.items() if reading.is_beyond}
    over = [b.pk for key, b in known.items() if key not in beyond and b.rule_id not in view.troubles]
    if over:
        Breach.objects.filter(pk__in=over).delete()
    begun = [key for key in beyond if key not in known]
    Breach.objects.bulk_create(
        [Breach(rule=view.readings[key].rule, queue=key[1], since=now) for key in begun],
        ignore_conflicts=True,
    )
    return {key: known[key].since if key in known else now for key in beyond}


def _go_on(alarm: Alarm, view: View, now: datetime) -> None:
    """It stays as it is while its rule cannot be measured."""
    if alarm.rule_id in view.troubles:
        return
    reading = view.readings.get((alarm.rule_id, alarm.queue))
    if reading is None or not reading.is_beyond:
        telling.clear_alarm(alarm, reading, now, is_rule_over=alarm.rule_id not in view.rules)
    elif reading.value != alarm.latest:
        alarm.latest = reading.value
        alarm.worst = _worse(reading, alarm.worst)
        alarm.save(update_fields=["latest", "worst"])


def _worse(reading: Reading, worst: float) -> float:
    is_low_bad = MEASURES[reading.rule.measure].is_low_bad
    return (min if is_low_bad else max)(reading.value, worst)


def _tell_troubles(view: View) -> None:
    for pk, rule in view.rules.items():
        trouble = view.troubles.get(pk, "")[:500]
        if rule.trouble != trouble:
            AlarmRule.objects.filter(pk=pk).update(trouble=trouble)


def forget() -> int:
    """Delete alarms that were cleared long ago."""
    return run(
        "DELETE FROM reporting_alarm WHERE cleared_at < statement_timestamp() - %(age)s", {"age": KEPT}
    )
