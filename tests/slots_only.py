"""The Celery application without its reapers: what the slots do alone."""

from config.celery import app

app.steps["worker"].clear()

__all__ = ["app"]
