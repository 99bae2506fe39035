"""When a mail came, as an aware UTC instant."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from .headers import Headers
from .mended import Mended

FIRST_YEAR = 1980  # older clocks were not set
AHEAD = timedelta(days=1)  # what a sender's clock may be fast

ENVELOPE_DATE = re.compile(r"([A-Z][a-z]{2},? .*)$")


def received_at(headers: Headers, envelope: str, now: datetime, mended: set[Mended]) -> datetime:
    """The Date header; else the mbox's `From ` line, a Received header, the present."""
    date = headers.source("date")
    parsed = parse(date, now)
    if parsed is None:
        mended.add(Mended.DATE_ABSURD if date else Mended.DATE_MISSING)
        parsed = next((at for source in _sources(headers, envelope) if (at := parse(source, now))), now)
    return parsed


def parse(text: str, now: datetime) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if at.year >= FIRST_YEAR and at <= now + AHEAD else None


def _sources(headers: Headers, envelope: str) -> Iterator[str]:
    found = ENVELOPE_DATE.search(envelope)
    dated = [found[1]] if found else []
    # Python's mailbox writes MAILER-DAEMON and the present where it has no envelope: the last resort.
    is_made_up = envelope.startswith("MAILER-DAEMON ")
    yield from () if is_made_up else dated
    for value in headers.all("received"):  # the last hop, the nearest to us, is the first
        yield value.rpartition(";")[2].strip()
    yield from dated if is_made_up else ()
