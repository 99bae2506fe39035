"""The Celery application: `timers` before `default`, no results, tasks that are hints."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("workbin")
app.set_default()  # in every thread that sends a task by name
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("interactions.reaper:ReaperStep")
