"""Instants as clients see them: RFC 3339, UTC, microseconds."""

from datetime import UTC, datetime


def instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_or_none(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
