"""What the admin shows of reporting."""

from reporting.admin import audits, events

__all__ = ["audits", "events"]
