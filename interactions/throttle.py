"""Against guessed passwords: log-ins that failed are counted per user name and per address.

A name has few failures from one address, and more in all: whoever guesses at somebody's password keeps
nobody out who comes from elsewhere, unless the guesses do, too.

They are counted in the database, so that all processes count together and a lost broker forgets nothing.
An attempt is entered before its password is checked, and taken back when it was right: attempts at one name
at once are counted as if they came one by one. For its address it counts when it has failed. Otherwise the
hundreds who share one and come in together at eight would throttle each other; so an address may exceed its
limit by as many attempts as there are threads, each at another name.
"""

import ipaddress
import math
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from django.conf import settings

from interactions.commands import in_transaction
from interactions.errors import Throttled
from interactions.sql import fetch_all, fetch_value, run

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('login'), hashtext(%(user)s::bytea::text))"

# The last failure that is allowed, counted from the newest: until it is older than the window, the next one
# has to wait.
_WAIT = """
    SELECT max(extract(epoch FROM last.at - clock_timestamp()) + %(window)s)::float
    FROM (
        (
            SELECT at FROM interactions_loginfailure WHERE subject = %(user)s::bytea
            ORDER BY at DESC OFFSET %(per_user)s::int - 1 LIMIT 1
        ) UNION ALL (
            SELECT at FROM interactions_loginfailure
            WHERE subject = %(user)s::bytea AND address IS NOT DISTINCT FROM %(address)s::bytea
            ORDER BY at DESC OFFSET %(per_user_there)s::int - 1 LIMIT 1
        ) UNION ALL (
            SELECT at FROM interactions_loginfailure WHERE address = %(address)s::bytea AND has_failed
            ORDER BY at DESC OFFSET %(per_address)s::int - 1 LIMIT 1
        )
    ) last
"""
_ENTER = """
    INSERT INTO interactions_loginfailure (subject, address, at)
    VALUES (%(user)s::bytea, %(address)s::bytea, clock_timestamp()) RETURNING id
"""
_CONFIRM = "UPDATE interactions_loginfailure SET has_failed = true WHERE id = %(id)s"
_TAKE_BACK = "DELETE FROM interactions_loginfailure WHERE id = %(id)s"

# From login_failure_by_time.
_COUNT = """
    SELECT count(*) FROM interactions_loginfailure
    WHERE has_failed AND at > statement_timestamp() - %(window)s * interval '1 second'
"""


@contextmanager
def attempt(username: str, address: str) -> Iterator[None]:
    """The block checks a password, and raises when it is wrong. Errors: Throttled, which enters nothing."""
    user, network = _digest("user", _folded(username)), _network(address)
    there = _digest("address", network) if network else None
    entered = in_transaction(lambda: _reserve(user, there))
    try:
        yield
    except Exception:
        run(_CONFIRM, {"id": entered})
        raise
    run(_TAKE_BACK, {"id": entered})


def _reserve(user: bytes, address: bytes | None) -> int:
    """Those who try one name come one after the other, so that each counts the one before."""
    fetch_all(_LOCK, {"user": user})
    wait = fetch_value(
        _WAIT,
        {
            "user": user,
            "per_user": settings.LOGIN_FAILURES_PER_USER_ANYWHERE,
            "per_user_there": settings.LOGIN_FAILURES_PER_USER,
            "address": address,
            "per_address": settings.LOGIN_FAILURES_PER_ADDRESS,
            "window": settings.LOGIN_FAILURE_WINDOW,
        },
    )
    if wait is not None and wait > 0:
        raise Throttled(
            f"Too many failed log-ins: wait {math.ceil(wait)} seconds.", retry_after=math.ceil(wait)
        )
    return int(fetch_value(_ENTER, {"user": user, "address": address}))


def count() -> int:
    """Failed log-ins that count at present."""
    return int(fetch_value(_COUNT, {"window": settings.LOGIN_FAILURE_WINDOW}))


def _folded(username: str) -> str:
    return unicodedata.normalize("NFKC", username).casefold()


def _network(address: str) -> str | None:
    """One customer of a provider has all the addresses of an IPv6 network: its first half is what counts."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None  # a Unix socket
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or ipaddress.IPv6Address(int(found) >> 64 << 64)
    return str(found)


def _digest(kind: str, name: str) -> bytes:
    return sha256(f"{kind}:{name}".encode()).digest()
