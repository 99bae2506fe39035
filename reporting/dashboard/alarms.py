"""What is raised at present, and what is promised of each queue."""

from dataclasses import dataclass
from datetime import datetime

from reporting.models import Alarm, ServiceLevel

ASSUMED = 300  # seconds that are taken as long where nothing is promised


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    id: int
    name: str
    queue: str  # empty for the server
    text: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Target:
    percent: float
    seconds: int


def open_alarms() -> list[OpenAlarm]:
    """The newest first."""
    found = Alarm.objects.filter(cleared_at=None).order_by("-pk")
    return [OpenAlarm(alarm.pk, alarm.name, alarm.queue, alarm.text, alarm.raised_at) for alarm in found]


def targets() -> dict[str, Target]:
    """By queue."""
    found = ServiceLevel.objects.values_list("queue__name", "percent", "seconds")
    return {queue: Target(percent, seconds) for queue, percent, seconds in found}
