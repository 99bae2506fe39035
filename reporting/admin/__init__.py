"""What the admin shows of reporting."""

from reporting.admin import events

__all__ = ["events"]
