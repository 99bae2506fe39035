"""How many examples hypothesis draws, and which."""

import os

from hypothesis import HealthCheck, settings

from tests.hostile import SEED, how_many


def examples(short: int, long: int) -> settings:
    """The same ones each time, unless there is a seed."""
    return settings(
        max_examples=how_many(short, long),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=SEED not in os.environ,
        database=None,
    )
