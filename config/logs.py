"""What is kept out of the log: the same complaint again and again, and the traces of what clients sent."""

import logging
import time

from django.db import InterfaceError, OperationalError

AGAIN = 60.0  # seconds
TASKS = "celery.app.trace"  # tells of tasks that failed
HINTS = "interactions.hints"  # ... and this of those that could not be done


class Seldom(logging.Filter):
    """A complaint of celery's about its broker, or about a task, comes once a minute, not once an attempt; so
    does one of uvicorn's about what is no HTTP.
    """

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[tuple[str, str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        is_theirs = record.name.startswith(("celery", HINTS)) and record.levelno >= logging.WARNING
        is_noise = record.name.startswith("uvicorn") and record.levelno == logging.WARNING
        if not (is_theirs or is_noise):
            return True
        task = record.args.get("name") if isinstance(record.args, dict) else None
        what = record.name, str(record.msg), task
        now = time.monotonic()
        if now - self.said.get(what, -AGAIN) < AGAIN:
            return False
        self.said[what] = now
        return True


class Brief(logging.Filter):
    """A request with a forged Host, or a thousand parameters, is one line: it is no error of ours. So is a
    task whose database went away."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        is_cut_off = record.name == TASKS and isinstance(error, (OperationalError, InterfaceError))
        if is_cut_off or record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True
