"""`python -m tests.hostile --long`: the scenes of hostile input, with many more examples and guesses.

Some fifty minutes. Without --long, as in the suite.
"""

import argparse
import os
import sys
from pathlib import Path

import pytest

from tests.hostile import LONG, SEED

SCENES = [
    *("test_any_configuration.py", "test_any_mailbox.py", "test_any_cursor.py", "test_guessing.py"),
    *("test_hostile_tokens.py", "test_hostile_framing.py", "test_hostile_heads.py"),
    *("test_slow_clients.py", "test_connection.py", "browser", "desk/test_injection.py"),
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seed", type=int, help="other examples than those of the suite")
    parser.add_argument("--only", action="append", metavar="SCENE", choices=SCENES, help="may be repeated")
    given = parser.parse_args()
    if given.long:
        os.environ[LONG] = "yes"
    options = ["-raP", "--durations=10"]  # also what passing scenes have printed
    if given.seed is not None:
        os.environ[SEED] = str(given.seed)
        options.append(f"--hypothesis-seed={given.seed}")
    here = Path(__file__).parents[1]
    return pytest.main([*options, *(str(here / scene) for scene in given.only or SCENES)])


if __name__ == "__main__":
    sys.exit(main())
