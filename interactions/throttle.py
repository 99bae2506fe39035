"""Against guessed passwords: log-ins that failed are counted per user name and per address.

A name has few failures from one address, and more in all: whoever guesses at somebody's password keeps
nobody out who comes from elsewhere, unless the guesses do, too.

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
    FROM (VALUES
        (%(user)s::bytea, %(per_user)s::int),
        (%(user_there)s::bytea, %(per_user_there)s::int),
        (%(address)s::bytea, %(per_address)s::int)
    ) AS asked (subject, allowed),
    LATERAL (
        SELECT at FROM interactions_loginfailure WHERE subject = asked.subject
        ORDER BY at DESC OFFSET asked.allowed - 1 LIMIT 1
    ) last
"""
_ENTER = """
    INSERT INTO interactions_loginfailure (subject, at)
    SELECT subject, clock_timestamp() FROM unnest(%(subjects)s::bytea[]) AS asked (subject) RETURNING id
"""
_TAKE_BACK = "DELETE FROM interactions_loginfailure WHERE id = ANY(%(ids)s::bigint[])"


@contextmanager
def attempt(username: str, address: str) -> Iterator[None]:
    """The block checks a password, and raises when it is wrong. Errors: Throttled, which enters nothing."""
    name, place = _folded(username), _network(address)
    user, user_there = _digest("user", name), _digest("user there", f"{place}:{name}")
    there = _digest("address", place) if place else None
    failures = in_transaction(lambda: _reserve(user, user_there, there))
    try:
        yield
    except Exception:
        if there:
            fetch_all(_ENTER, {"subjects": [there]})
        raise
    run(_TAKE_BACK, {"ids": failures})


def _reserve(user: bytes, user_there: bytes, address: bytes | None) -> list[int]:
    """Those who try one name come one after the other, so that each counts the one before."""
    fetch_all(_LOCK, {"user": user})
    wait = fetch_value(
        _WAIT,
        {
            "user": user,
            "per_user": settings.LOGIN_FAILURES_PER_USER_ANYWHERE,
            "user_there": user_there,
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
    return [id for (id,) in fetch_all(_ENTER, {"subjects": [user, user_there]})]


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
