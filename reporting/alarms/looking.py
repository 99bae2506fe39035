"""What the rules see at present. It reads only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reporting.alarms.measures import MEASURES, SERVER, Look, Measure, Unmeasurable, Values
from reporting.models import AlarmRule

Key = tuple[int | None, str]  # a rule and a queue's name


@dataclass(frozen=True, slots=True)
class Reading:
    rule: AlarmRule
    queue: str
    value: float
    threshold: float

    @property
    def is_beyond(self) -> bool:
        return MEASURES[self.rule.measure].is_beyond(self.value, self.threshold)


@dataclass
class View:
    """All readings, and the rules that cannot be read at present, with the reason."""

    readings: dict[Key, Reading] = field(default_factory=dict)
    troubles: dict[int, str] = field(default_factory=dict)
    rules: dict[int, AlarmRule] = field(default_factory=dict)


class Eyes:
    """Looks once at each measure, and each window of it, however many rules ask."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._seen: dict[tuple[str, int | None], Values] = {}

    def values(self, rule: AlarmRule) -> Values:
        key = (rule.measure, rule.window)
        if key not in self._seen:
            look = Look(self._now, timedelta(minutes=rule.window or 0))
            self._seen[key] = MEASURES[rule.measure].look(look)
        return self._seen[key]


def look(now: datetime) -> View:
    view, eyes = View(), Eyes(now)
    for rule in AlarmRule.objects.filter(is_active=True).select_related("queue"):
        view.rules[rule.pk] = rule
        measure = MEASURES.get(rule.measure)
        if measure is None:
            view.troubles[rule.pk] = f"There is no measure of the name {rule.measure}."
            continue
        try:
            values = eyes.values(rule)
        except Unmeasurable as why:
            view.troubles[rule.pk] = str(why)
            continue
        for reading in _readings(rule, measure, values):
            view.readings[rule.pk, reading.queue] = reading
    return view


def _readings(rule: AlarmRule, measure: Measure, values: Values) -> list[Reading]:
    if rule.queue is not None:
        values = {queue: value for queue, value in values.items() if queue == rule.queue.name}
    elif not measure.is_of_queues:
        values = {SERVER: values[SERVER]} if SERVER in values else {}
    targets = measure.targets() if measure.targets and rule.threshold is None else {}
    found = []
    for queue, value in values.items():
        threshold = targets.get(queue, rule.threshold)
        if threshold is not None:
            found.append(Reading(rule, queue, value, threshold))
    return found
