"""The Celery application: `timers` before `default`, no results, tasks that are hints."""

import os
import signal

from celery import Celery
from celery.signals import worker_process_init
from kombu.transport import redis

from config.lifeline import tie_to

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Celery would make Django's checks at each start and throw away what they say: `up` and `check` make them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("workbin")
app.set_default()  # in every thread that sends a task by name
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Messages are hints: when the broker drops, kombu need not save them to a file in the temporary folder.
redis.Channel.do_restore = False

app.steps["worker"].add("interactions.reaper:ReaperStep")


@worker_process_init.connect
def die_with_the_worker(**_: object) -> None:
    """A killed worker would leave its pool's children behind, waiting for ever."""
    tie_to(os.getppid(), signal.SIGKILL)
