"""What is raised at present, and what is promised of each queue."""

from dataclasses import dataclass
from datetime import datetime

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
    return []


def targets() -> dict[str, Target]:
    """By queue."""
    return {}
