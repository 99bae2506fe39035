"""How far back the dashboard looks, and by which intervals."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reporting.intervals.projector import live
from reporting.intervals.spans import DAY, HOUR, QUARTER, begin_of
from reporting.models import Projection


@dataclass(frozen=True, slots=True)
class Range:
    name: str  # in addresses
    title: str
    span: timedelta
    seconds: int  # of an interval: a chart has no more points than can be told apart

    def since(self, now: datetime) -> datetime:
        return begin_of(now - self.span, self.seconds)


RANGES = {
    known.name: known
    for known in (
        Range("1h", "Last hour", timedelta(hours=1), QUARTER),
        Range("4h", "4 hours", timedelta(hours=4), QUARTER),
        Range("24h", "24 hours", timedelta(days=1), HOUR),
        Range("7d", "7 days", timedelta(days=7), HOUR),
        Range("31d", "31 days", timedelta(days=31), DAY),
    )
}
USUAL = RANGES["4h"]


@dataclass(frozen=True, slots=True)
class Period:
    """A range that ends at a moment, and the rows it is read from."""

    range: Range
    now: datetime
    projection: Projection = field(default_factory=live)

    @property
    def since(self) -> datetime:
        return self.range.since(self.now)

    @property
    def length(self) -> timedelta:
        return self.now - self.since
