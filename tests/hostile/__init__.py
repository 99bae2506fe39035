"""Hostile input. The suite has the short forms; `python -m tests.hostile --long` the long ones."""

import os
from typing import TypeVar

T = TypeVar("T")
LONG, SEED = "WORKBIN_TESTS_LONG", "WORKBIN_TESTS_SEED"


def is_long() -> bool:
    return LONG in os.environ


def how_many(short: T, long: T) -> T:
    """Or which."""
    return long if is_long() else short
