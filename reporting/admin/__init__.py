"""What the admin shows of reporting."""

from django.contrib import admin

from reporting.admin import timeline  # isort: skip  # above the list of events, on an interaction's page
from reporting.admin import alarms, audits, deliveries, events, webhooks

admin.site.index_template = "reporting/dashboard/index.html"

__all__ = ["alarms", "audits", "deliveries", "events", "timeline", "webhooks"]
