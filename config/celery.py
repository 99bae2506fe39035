"""The Celery application: `timers` before `default`, no results, tasks that are hints."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("workbin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
