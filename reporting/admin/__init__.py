"""What the admin shows of reporting."""

from reporting.admin import timeline  # isort: skip  # above the list of events, on an interaction's page
from reporting.admin import events

__all__ = ["events", "timeline"]
