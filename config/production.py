"""What is good enough for a laptop must not get into production unnoticed.

Production is what is served over HTTPS, or has a database other than the embedded one. `manage.py check`,
`migrate` and `up` refuse it, and so does each web process before it serves.
"""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.checks import Error
from django.db import DatabaseError, connection
from django.utils.crypto import get_random_string

SHORTEST_KEY, FEWEST_CHARACTERS = 50, 10
KNOWN_KEYS = ("django-insecure-", "only-for-the-tests-")  # how they begin

# Begins the salt of a password that the demo has set: so it is known in whatever database it comes to lie,
# and no more once it is changed.
DEMO_SALT = "workbindemo"


def is_production() -> bool:
    return settings.HTTPS or not settings.IS_EMBEDDED


def faults() -> Iterator[Error]:
    """Those of the settings. A key that is missing is not our affair: nothing starts without."""
    if not is_production():
        return
    key = settings.SECRET_KEY
    if key and (len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS or key.startswith(KNOWN_KEYS)):
        yield Error(
            "SECRET_KEY can be guessed.",
            hint=f"Set it to {SHORTEST_KEY} or more random characters: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'",
            id="workbin.E010",
        )
    if settings.DEBUG and settings.HTTPS:
        yield Error(
            "DEBUG is on with HTTPS: every error page shows the settings and what was sent.",
            hint="Unset DEBUG.",
            id="workbin.E011",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS is '*': whoever asks may choose the name in links and redirects.",
            hint="Name the hosts that the server is asked for, with commas between.",
            id="workbin.E012",
        )


def demo_faults() -> Iterator[Error]:
    """Users who come in with a password of `up --demo`. None where the database cannot say."""
    if not is_production() or settings.ALLOW_DEMO:
        return
    users = get_user_model().objects.filter(is_active=True, password__contains=f"${DEMO_SALT}")
    try:
        names = list(users.order_by("username").values_list("username", flat=True))
    except DatabaseError:
        return
    if names:
        yield Error(
            f"These users have passwords of the demo: {', '.join(names)}.",
            hint="Change the passwords or deactivate the users (without HTTPS the admin opens), use another "
            "database, or set ALLOW_DEMO=true where nothing is at stake.",
            id="workbin.E013",
        )


def why_not() -> str | None:
    """Why this must not be served, in one line."""
    try:
        found = [*faults(), *demo_faults()]
    finally:
        connection.close()
    return " ".join(f"{fault.msg} {fault.hint}" for fault in found) or None


def why_no_demo() -> str | None:
    if not is_production() or settings.ALLOW_DEMO:
        return None
    reason = "HTTPS is on" if settings.HTTPS else "DATABASE_URL names a database of yours"
    return (
        f"--demo would make users with passwords that lie about, and {reason}: "
        "leave --demo out, or set ALLOW_DEMO=true where nothing is at stake."
    )


def demo_password(password: str) -> str:
    """Encoded, and marked as the demo's."""
    return make_password(password, salt=DEMO_SALT + get_random_string(22))


def is_of_the_demo(encoded: str) -> bool:
    return f"${DEMO_SALT}" in encoded
