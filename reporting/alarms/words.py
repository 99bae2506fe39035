"""What a person is told."""

import math

from interactions.spans import write_span
from reporting.alarms.measures import MEASURES, Measure


def write_amount(value: float, measure: Measure) -> str:
    """Rounded towards the bad side, so that what is beyond a threshold does not read as equal to it."""
    if measure.unit == "seconds":
        return f"{_up(value):g} s" if 0 < value < 10 else write_span(math.ceil(value)) or ""
    if measure.unit == "percent":
        return f"{-_up(-value) if measure.is_low_bad else _up(value):g} %"
    return f"{value:g}"


def _up(value: float) -> float:
    """To the next tenth, unless it is one but for how computers count."""
    return math.ceil(round(value * 10, 6)) / 10


def write_beyond(measure: str, queue: str, value: float, threshold: float) -> str:
    known = MEASURES[measure]
    return _sentence(known.beyond, known, queue, value, threshold)


def write_within(measure: str, queue: str, value: float, threshold: float) -> str:
    known = MEASURES[measure]
    return _sentence(known.within, known, queue, value, threshold)


def _sentence(words: str, measure: Measure, queue: str, value: float, threshold: float) -> str:
    amounts = {"value": write_amount(value, measure), "threshold": write_amount(threshold, measure)}
    return f"{queue or 'Server'}: {words.format(**amounts)}."
