"""What the admin shows of reporting."""

from reporting.admin import timeline  # isort: skip  # above the list of events, on an interaction's page
from reporting.admin import alarms, audits, deliveries, events, webhooks

__all__ = ["alarms", "audits", "deliveries", "events", "timeline", "webhooks"]
