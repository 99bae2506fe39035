"""`python -m tests.contract --examples 10000`: each role in turn, until there were that many examples.

On servers and data of its own, which it throws away. Ends with 1 if anything was wrong.
"""

import argparse
import os
import sys

import django

from tests import servers

MANY = "1000000"  # most log-ins that are made up are refused, and the others must go on


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000, help="at least that many in all")
    parser.add_argument("--per-operation", type=int, default=20, help="random ones each time round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--role", action="append", help="only this one; may be repeated")
    given = parser.parse_args()
    with servers.own() as environment:
        os.environ |= environment
        for limit in ("PER_USER", "PER_USER_ANYWHERE", "PER_ADDRESS"):
            os.environ[f"LOGIN_FAILURES_{limit}"] = MANY
        django.setup()
        from tests.contract.rounds import run

        return run(given.examples, given.per_operation, given.seed, given.role)


if __name__ == "__main__":
    sys.exit(main())
