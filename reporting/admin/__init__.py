"""What the admin shows of reporting."""

from reporting.admin import alarms, deliveries, events, webhooks

__all__ = ["alarms", "deliveries", "events", "webhooks"]
