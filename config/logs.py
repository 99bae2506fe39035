"""What is kept out of the log: the same complaint again and again, and the traces of what clients sent."""

import logging
import time

AGAIN = 60.0  # seconds


class Seldom(logging.Filter):
    """A complaint of celery's about its broker comes once a minute, not once an attempt."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("celery") or record.levelno < logging.WARNING:
            return True
        what = record.name, str(record.msg)
        now = time.monotonic()
        if now - self.said.get(what, -AGAIN) < AGAIN:
            return False
        self.said[what] = now
        return True


class Brief(logging.Filter):
    """A request with a forged Host, or a thousand parameters, is one line: it is no error of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True
