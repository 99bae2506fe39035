"""Runs of the machine, each on an empty floor."""

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Machine
from tests.model.pair import Pair

STEPS = 60  # of one run


def play(seed: int, runs: int, shrink: bool = False) -> None:
    """Errors: whatever a run ended with, with what was done in it."""
    Pair.differs = False
    Machine._hypothesis_internal_use_seed = seed  # as hypothesis.seed() does
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    try:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=runs,
                stateful_step_count=STEPS,
                phases=phases,
                deadline=None,
                database=None,
                verbosity=Verbosity.quiet,
                print_blob=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except BaseException as error:
        error.add_note("\n".join([f"Seed {seed}:", *Pair.trace]))
        raise
