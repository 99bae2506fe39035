"""Beat, on a host whose clock may be set back."""

from typing import Any

from celery import beat


class Scheduler(beat.Scheduler):
    """Celery's would wait until the clock has come again to where it was, for hours."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = self.app.now()
        if any(entry.last_run_at and entry.last_run_at > now for entry in self.schedule.values()):
            for entry in self.schedule.values():
                entry.last_run_at = now
            self._heap = None  # it is in the order of the times before
        return float(super().tick(*args, **kwargs))
