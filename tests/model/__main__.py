"""`python -m tests.model --steps 50000`: the server against the model, until there were that many steps.

On servers and data of its own, which it throws away. Ends with 1 at the first difference, with the steps that
led to it; --shrink looks for fewer.
"""

import argparse
import contextlib
import os
import signal
import sys

import django

from tests import servers


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--steps", type=int, default=50_000, help="at least that many in all")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each has the next")
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--here", action="store_true", help="in the environment's database, deleting from it")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # and no data is left behind
    with contextlib.ExitStack() as stack:
        if not given.here:
            os.environ |= stack.enter_context(servers.own())
        django.setup()
        from tests.model.rounds import run

        return run(given.steps, given.seed, given.shrink)


if __name__ == "__main__":
    sys.exit(main())
