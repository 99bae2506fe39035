"""Against guessed passwords: log-ins that failed are counted per user name and per address.

They are counted in the database, so that all processes count together and a lost broker forgets nothing.
An attempt at a user name is entered as a failure before its password is checked and taken back when it was
right: attempts at once are counted as if they came one by one. An address is entered when the attempt has
failed. Otherwise the hundreds who share one and come in together at eight would throttle each other; so an
address may exceed its limit by as many attempts as there are threads, each at another name.
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
    FROM (VALUES (%(user)s::bytea, %(per_user)s::int), (%(address)s::bytea, %(per_address)s::int))
        AS asked (subject, allowed),
    LATERAL (
        SELECT at FROM interactions_loginfailure WHERE subject = asked.subject
        ORDER BY at DESC OFFSET asked.allowed - 1 LIMIT 1
    ) last
"""
_ENTER = """
    INSERT INTO interactions_loginfailure (subject, at) VALUES (%(subject)s, clock_timestamp()) RETURNING id
"""
_TAKE_BACK = "DELETE FROM interactions_loginfailure WHERE id = %(id)s"


@contextmanager
def attempt(username: str, address: str) -> Iterator[None]:
    """The block checks a password, and raises when it is wrong. Errors: Throttled, which enters nothing."""
    user, place = _digest("user", _folded(username)), _network(address)
    failure = in_transaction(lambda: _reserve(user, place))
    try:
        yield
    except Exception:
        if place:
            fetch_value(_ENTER, {"subject": place})
        raise
    run(_TAKE_BACK, {"id": failure})


def _reserve(user: bytes, address: bytes | None) -> int:
    """Those who try one name come one after the other, so that each counts the one before."""
    fetch_all(_LOCK, {"user": user})
    wait = fetch_value(
        _WAIT,
        {
            "user": user,
            "per_user": settings.LOGIN_FAILURES_PER_USER,
            "address": address,
            "per_address": settings.LOGIN_FAILURES_PER_ADDRESS,
            "window": settings.LOGIN_FAILURE_WINDOW,
        },
    )
    if wait is not None and wait > 0:
        raise Throttled(
            f"Too many failed log-ins: wait {math.ceil(wait)} seconds.", retry_after=math.ceil(wait)
        )
    return int(fetch_value(_ENTER, {"subject": user}))


def _folded(username: str) -> str:
    return unicodedata.normalize("NFKC", username).casefold()


def _network(address: str) -> bytes | None:
    """One customer of a provider has all the addresses of an IPv6 network: its first half is what counts."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None  # a Unix socket
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or ipaddress.IPv6Address(int(found) >> 64 << 64)
    return _digest("address", str(found))


def _digest(kind: str, name: str) -> bytes:
    return sha256(f"{kind}:{name}".encode()).digest()
