"""What the log adds up to: by quarters of an hour, and altogether."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q

from reporting.intervals import buckets
from reporting.intervals.buckets import Durations


class Kind(models.TextChoices):
    """What a row is about. Its key: a public queue's name, a workbin's id, a user name, nothing."""

    QUEUE = "queue"
    WORKBIN = "workbin"
    AGENT = "agent"
    SERVER = "server"


class Figures(models.Model):
    """Numbers that can be added up in any order: whole ones, and maxima. Times are milliseconds.

    A level (how many wait, are held, are logged in) is kept as its change. Its area is what the changes
    add to the time under the level until the interval's end: with the level at the begin it tells for how
    long things were held, also while they still are.
    """

    events = models.JSONField(default=dict)  # by kind; of queues and the server
    entered = models.BigIntegerField(default=0)
    pulled = models.BigIntegerField(default=0)
    stopped = models.BigIntegerField(default=0)
    placed = models.BigIntegerField(default=0)  # holds that ended by placing
    expired = models.BigIntegerField(default=0)  # holds that ended so, as the next three: returned
    revoked_by_hand = models.BigIntegerField(default=0)
    logged_out = models.BigIntegerField(default=0)
    session_expired = models.BigIntegerField(default=0)

    wait_counts = models.JSONField(default=dict)
    wait_ms = models.BigIntegerField(default=0)
    wait_max_ms = models.BigIntegerField(default=0)
    handling_counts = models.JSONField(default=dict)
    handling_ms = models.BigIntegerField(default=0)
    handling_max_ms = models.BigIntegerField(default=0)
    late_counts = models.JSONField(default=dict)
    late_ms = models.BigIntegerField(default=0)
    late_max_ms = models.BigIntegerField(default=0)

    waiting_change = models.BigIntegerField(default=0)
    held_change = models.BigIntegerField(default=0)
    held_area_ms = models.BigIntegerField(default=0)
    logged_in_change = models.BigIntegerField(default=0)
    logged_in_area_ms = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def returned(self) -> int:
        return self.expired + self.revoked_by_hand + self.logged_out + self.session_expired

    @property
    def revoked(self) -> int:
        return self.expired + self.revoked_by_hand

    @property
    def waits(self) -> Durations:
        return Durations(self.wait_counts, self.wait_ms, self.wait_max_ms)

    @property
    def handlings(self) -> Durations:
        return Durations(self.handling_counts, self.handling_ms, self.handling_max_ms)

    @property
    def lates(self) -> Durations:
        return Durations(self.late_counts, self.late_ms, self.late_max_ms)

    def add(self, more: "Figures") -> Self:
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(more, name))
        for name in MAXIMA:
            setattr(self, name, max(getattr(self, name), getattr(more, name)))
        for name in COUNTS:
            buckets.add(getattr(self, name), getattr(more, name))
        return self


def _names(fields: Iterable[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields)


FIGURES = _names(Figures._meta.local_fields)
COUNTS = _names(field for field in Figures._meta.local_fields if isinstance(field, models.JSONField))
MAXIMA = tuple(name for name in FIGURES if name.endswith("_max_ms"))
SUMS = tuple(name for name in FIGURES if name not in COUNTS + MAXIMA)


class Projection(models.Model):
    """A set of rows, and the last event that is counted in them. A rebuild makes another set."""

    event = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True, help_text="When that event happened.")
    since = models.DateTimeField(null=True, help_text="What happened earlier is purged, and not counted.")
    is_live = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("is_live", condition=Q(is_live=True), name="projection_one_is_live")
        ]

    def __str__(self) -> str:
        return f"Projection {self.pk}"


class Rows(models.QuerySet[Any]):
    def about(self, projection: Projection, kind: str, keys: Collection[str] | None = None) -> Self:
        rows = self.filter(projection=projection, kind=kind)
        return rows if keys is None else rows.filter(key__in=keys)

    def between(self, since: datetime, until: datetime | None, seconds: int) -> Self:
        """Intervals of that length that begin from `since` on and before `until`."""
        rows = self.filter(seconds=seconds, starts_at__gte=since)
        return rows if until is None else rows.filter(starts_at__lt=until)


class Row(Figures):
    projection = models.ForeignKey(Projection, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=200, blank=True)

    objects = Rows.as_manager()

    class Meta:
        abstract = True


class Interval(Row):
    """A span of time: a quarter of an hour, an hour or a day (see intervals.spans)."""

    seconds = models.IntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Also finds the rows between two instants: intervals.reading.
            models.UniqueConstraint("projection", "kind", "seconds", "starts_at", "key", name="interval_of")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(seconds=self.seconds)


class Total(Row):
    """All there ever was: the present levels, and what counters count."""

    class Meta:
        constraints = [models.UniqueConstraint("projection", "kind", "key", name="total_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
