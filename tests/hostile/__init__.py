"""Hostile input. The suite has the short forms; `python -m tests.hostile --long` the long ones."""

import os

LONG = "WORKBIN_TESTS_LONG"


def is_long() -> bool:
    return LONG in os.environ


def how_many(short: int, long: int) -> int:
    return long if is_long() else short
