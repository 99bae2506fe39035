"""The clock of one application host: what the file named by CLOCK says, in seconds, it is off by.

time_machine changes the functions of `time` and `datetime` themselves, so Celery and kombu go by it too. What
measures spans (`time.monotonic`) goes right on, as it does on a host whose clock is wrong.
"""

import contextlib
import os
import threading
import time
from pathlib import Path

import time_machine

FILE = Path(os.environ["CLOCK"])
EVERY = 0.05  # seconds


class Clock:
    def __init__(self) -> None:
        self.traveller = time_machine.travel(None).start()
        self.off_by = 0.0

    def follow(self) -> None:
        while True:
            time.sleep(EVERY)
            with contextlib.suppress(OSError, ValueError):
                wanted = float(FILE.read_text())
                self.traveller.shift(wanted - self.off_by)
                self.off_by = wanted

    def start(self) -> None:
        threading.Thread(target=self.follow, daemon=True).start()


clock = Clock()
clock.start()
os.register_at_fork(after_in_child=clock.start)  # threads do not come along
