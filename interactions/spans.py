"""Spans of time as people read them."""


def write_span(seconds: int | None) -> str | None:
    """600 -> 10 min, 3600 -> 1 h, 90 -> 1 min 30 s."""
    if seconds is None:
        return None
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def write_clock(seconds: int) -> str:
    """600 -> 10:00, 3605 -> 1:00:05."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
