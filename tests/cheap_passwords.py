"""Settings for servers that are asked to log in many at once: a password is checked in no time."""

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.passwords.FewRounds"]
