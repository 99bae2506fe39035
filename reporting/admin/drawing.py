"""Where everything stands in the picture of a life.

A second beside a weekend: drawn to scale, nobody would see it. So there are two pictures of the same. A strip
to scale shows where the time went. Beneath, each step is a band whose width grows with the logarithm of its
length: of an instant and of a year, one is seven times as wide as the other. Many steps break into
lines, like words.

Across, all is in per cent of the width, and down in pixels: so the text keeps its size on a phone.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from reporting.life import Span
from reporting.rows import Row

STEPS = 20  # in a line at most
STRIP, LINE = 34, 84  # pixels


@dataclass(frozen=True, slots=True)
class Band:
    span: Span
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """kind: placed, changed or revoked."""

    kind: str
    x: float
    events: list[Row]


@dataclass(frozen=True, slots=True)
class Line:
    y: int
    bands: list[Band]
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Picture:
    strip: list[Band]
    lines: list[Line]
    height: int


def draw(spans: list[Span], events: Iterable[Row]) -> Picture:
    changes: dict[int, list[Row]] = {}
    begins = [span.begin for span in spans]
    for event in events:
        if event.event == "EventPropertiesChanged":
            changes.setdefault(max(bisect_right(begins, event.at) - 1, 0), []).append(event)
    count = math.ceil(len(spans) / math.ceil(len(spans) / STEPS))
    lines = [
        _line(STRIP + LINE * number, spans[first : first + count], first, changes)
        for number, first in enumerate(range(0, len(spans), count))
    ]
    return Picture(list(_to_scale(spans)), lines, STRIP + LINE * len(lines))


def _line(y: int, spans: list[Span], first: int, changes: dict[int, list[Row]]) -> Line:
    bands = list(_evened(spans))
    return Line(y, bands, list(_marks(bands, first, changes)))


def _to_scale(spans: list[Span]) -> Iterator[Band]:
    return _side_by_side(spans, [span.seconds for span in spans])


def _evened(spans: list[Span]) -> Iterator[Band]:
    return _side_by_side(spans, [4 + math.log2(1 + span.seconds) for span in spans])


def _side_by_side(spans: list[Span], widths: list[float]) -> Iterator[Band]:
    whole, x = sum(widths) or 1, 0.0
    for span, width in zip(spans, widths, strict=True):
        yield Band(span, 100 * x / whole, 100 * width / whole)
        x += width


def _marks(bands: list[Band], first: int, changes: dict[int, list[Row]]) -> Iterator[Mark]:
    for number, band in enumerate(bands, first):
        if band.span.began.event == "EventPlacedInQueue":
            yield Mark("placed", band.x, [band.span.began])
        if changed := changes.get(number):
            yield Mark("changed", band.x + band.width * _share(band.span, changed[0].at), changed)
        if band.span.revocation:
            yield Mark("revoked", band.x + band.width, [band.span.revocation])


def _share(span: Span, at: datetime) -> float:
    """How far along in its span, but off its ends, where other marks are."""
    along = (at - span.begin).total_seconds() / span.seconds if span.seconds else 0.5
    return min(max(along, 0.15), 0.85)
