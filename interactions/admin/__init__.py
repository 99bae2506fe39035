"""The admin looks and commands, never edits state: what happens to work goes through the life cycle."""

from django.contrib import admin

from interactions.admin import interactions, log, parties, people, places, queues, services, sessions, users

admin.site.index_title = "Overview"
admin.site.index_template = "interactions/admin/index.html"

__all__ = ["interactions", "log", "parties", "people", "places", "queues", "services", "sessions", "users"]
