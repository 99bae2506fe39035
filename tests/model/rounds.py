"""Round after round, with a word on how far it is."""

import time
import traceback
import warnings

from django.core.management import call_command
from django.test.utils import setup_test_environment
from rich.console import Console

from tests.model import floor
from tests.model.pair import Pair
from tests.model.run import play

RUNS = 20  # of one round

console = Console(highlight=False, soft_wrap=True)


def run(needed: int, seed: int, shrink: bool) -> int:
    """Tells how many steps there were without a difference. 0, or 1 if there was one."""
    setup_test_environment()
    warnings.filterwarnings("ignore", "No directory at")  # static files come from the packages
    call_command("migrate", interactive=False, verbosity=0)
    started, first = time.monotonic(), seed
    with floor.built(), console.status("") as status:
        while Pair.steps < needed:
            far = f"{Pair.steps} of {needed} steps, seed {seed}"
            status.update(far) if console.is_terminal else console.print(far)
            try:
                play(seed, RUNS, shrink)
            except KeyboardInterrupt:
                console.print(f"{Pair.steps} steps, broken off in seed {seed}, 0 differences.")
                return 1
            except BaseException as error:
                tell(error)
                console.print(f"{Pair.steps} steps, 1 difference.")
                return 1
            seed += 1
    took = time.monotonic() - started
    done = f"{Pair.steps} steps and {Pair.holds} holds in {took:.0f} s, seeds {first} to {seed - 1}"
    console.print(f"{done}, 0 differences.")
    return 0


def tell(error: BaseException) -> None:
    """What was done, and then what was wrong; of what the server raised, where."""
    text = str(error) if isinstance(error, AssertionError) else "".join(traceback.format_exception(error))
    for part in (*getattr(error, "__notes__", ()), text):
        console.print(part, markup=False)
