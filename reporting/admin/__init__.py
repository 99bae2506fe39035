"""What the admin shows of reporting."""

from django.contrib import admin

from reporting.admin import events

admin.site.index_template = "reporting/dashboard/index.html"

__all__ = ["events"]
