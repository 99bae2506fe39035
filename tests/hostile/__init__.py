"""Hostile input. The suite has the short forms; `python -m tests.hostile --long` the long ones."""

import os
from typing import TypeVar

from hypothesis import HealthCheck, settings

T = TypeVar("T")
LONG, SEED = "WORKBIN_TESTS_LONG", "WORKBIN_TESTS_SEED"


def is_long() -> bool:
    return LONG in os.environ


def how_many(short: T, long: T) -> T:
    """Or which."""
    return long if is_long() else short


def examples(short: int, long: int) -> settings:
    """The same ones each time, unless there is a seed."""
    return settings(
        max_examples=how_many(short, long),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=SEED not in os.environ,
        database=None,
    )
