"""`python -m tests.model.bugs [NAME...]`: plants each bug in a copy of the source; the model must find it.

Ends with 1 if one was not found, or if there is a difference without any.
"""

import argparse
import os
import re
import signal
import subprocess
import sys

from rich.console import Console

from config.lifeline import tied
from tests.bugs import BUGS, Bug, planted

PATIENCE = 900  # seconds for one bug
FEW = 1000

console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model.bugs", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BUGS))
    parser.add_argument("--steps", type=int, default=6000, help="to give up after")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and no copy is left behind
    if not given.names and not is_clean(given.seed):
        return 1
    missed = [name for name in given.names or BUGS if not is_found(BUGS[name], given.steps, given.seed)]
    console.print(f"{len(given.names or BUGS) - len(missed)} found, {len(missed)} missed.")
    return 1 if missed else 0


def is_clean(seed: int) -> bool:
    """The twin: what is found in a copy is found because of the bug."""
    ended = play_with(None, FEW, seed)
    console.print(f"Without a bug: {ended.stdout.strip() or ended.stderr.strip()}", markup=False)
    return ended.returncode == 0


def is_found(bug: Bug, steps: int, seed: int) -> bool:
    ended = play_with(bug, steps, seed)
    after = re.search(r"([1-9]\d*) steps, 1 difference", ended.stdout)
    if after:
        console.print(f"{bug.name}: found after {after[1]} steps. {bug.promise}", markup=False)
    else:
        said = ended.stdout.strip() or ended.stderr.strip()
        console.print(f"{bug.name}: MISSED ({said[-2000:]}). {bug.promise}", markup=False)
    return bool(after)


def play_with(bug: Bug | None, steps: int, seed: int) -> subprocess.CompletedProcess[str]:
    """The model against a server with the bug, in processes of its own."""
    command = [sys.executable, "-m", "tests.model", "--steps", str(steps), "--seed", str(seed)]
    with planted(bug) as root:
        return subprocess.run(
            command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, preexec_fn=tied(signal.SIGTERM),
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
