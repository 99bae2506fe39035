"""Instants as api.md writes them: RFC 3339, UTC, microseconds."""

import re
from datetime import UTC, datetime
from typing import Any

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def seconds_of(instant: str) -> float:
    """Since 1970, by the server's clock."""
    return datetime.fromisoformat(instant).timestamp()


def instant_of(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return at.isoformat(timespec="microseconds") + "Z"


def later(instant: str, seconds: float) -> str:
    return instant_of(seconds_of(instant) + seconds)


def misshapen(found: Any, name: str = "") -> list[str]:
    """Instants in an answer that are not of the form, by the names that instants have."""
    if isinstance(found, dict):
        given = {key: value for key, value in found.items() if key not in ("user_data", "errors")}
        return [wrong for key, value in given.items() for wrong in misshapen(value, key)]
    if isinstance(found, list):
        return [wrong for value in found for wrong in misshapen(value, name)]
    is_instant = name.endswith("_at") or name in ("at", "server_time")
    return [f"{name}: {found}"] if is_instant and found is not None and not _is_instant(found) else []


def _is_instant(value: Any) -> bool:
    return isinstance(value, str) and bool(INSTANT.fullmatch(value))
