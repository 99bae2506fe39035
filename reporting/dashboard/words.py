"""Numbers as they are said, with a no-break space before the unit."""

from math import floor

NBSP = "\N{NO-BREAK SPACE}"
_UNITS = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"))
_FROM_HERE_ALONE = 600  # seconds: from ten minutes on, seconds say nothing


def about(seconds: float) -> str:
    """12.3 -> 12 s, 125 -> 2 min 5 s, 850 -> 14 min, 7500 -> 2 h 5 min."""
    if 0 < seconds < 1:
        return f"{seconds:.1f}{NBSP}s"
    whole = int(seconds)
    for size, unit, smaller, smaller_unit in _UNITS:
        if whole >= size:
            rest = whole % size // smaller
            is_said = rest and (smaller > 1 or whole < _FROM_HERE_ALONE)
            return f"{whole // size}{NBSP}{unit}" + (f" {rest}{NBSP}{smaller_unit}" if is_said else "")
    return f"{whole}{NBSP}s"


def percent(share: float) -> str:
    """Never 100 % or 0 % of what is not quite."""
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return f"under 1{NBSP}%"
    if whole == 100 and share < 1:
        return f"over 99{NBSP}%"
    return f"{whole}{NBSP}%"


def counted(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"


def tenths(percent: float) -> float:
    """Rounded down, so that a target that is missed does not read as met."""
    return floor(round(percent * 10, 6)) / 10
