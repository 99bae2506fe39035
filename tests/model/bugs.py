"""`python -m tests.model.bugs [NAME...]`: plants each bug in a copy of the source; the model must find it.

Ends with 1 if one was not found, or if there is a difference without any. When all were played, the table in
docs/testing.md is written anew.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from config.lifeline import tied
from tests import servers
from tests.bugs import BUGS, ROOT, Bug, planted

PATIENCE = 1800  # seconds for one bug
FEW = 1000
DOCUMENT = ROOT / "docs" / "testing.md"
BEGIN, END = "<!-- bugs: begin -->", "<!-- bugs: end -->"
HEAD = "| bug | breaks the promise | steps | seconds |\n| --- | --- | --: | --: |"

console = Console(highlight=False, markup=False, soft_wrap=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model.bugs", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BUGS))
    parser.add_argument("--steps", type=int, default=12_000, help="to give up after")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and no copy is left behind
    with servers.own() as environment:
        os.environ |= environment
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, check=True)
        if not given.names and not is_clean(given.seed):
            return 1
        rows = [row(BUGS[name], given.steps, given.seed) for name in given.names or BUGS]
    missed = [each for each in rows if "MISSED" in each]
    console.print(f"{len(rows) - len(missed)} found, {len(missed)} missed.")
    if not given.names:
        write(DOCUMENT, f"Seed {given.seed}, {time.strftime('%Y-%m-%d')}.", "", HEAD, *rows)
    return 1 if missed else 0


def is_clean(seed: int) -> bool:
    """The twin: what is found in a copy is found because of the bug."""
    ended = play_with(None, FEW, seed)
    console.print(f"Without a bug: {last_words(ended)}")
    return ended.returncode == 0


def row(bug: Bug, steps: int, seed: int) -> str:
    begun = time.monotonic()
    ended = play_with(bug, steps, seed)
    found = re.search(r"([1-9]\d*) steps, 1 difference", ended.stdout)
    if not found:
        console.print(last_words(ended))
    after = found[1] if found else "MISSED"
    told = f"| `{bug.name}` | {bug.promise} | {after} | {time.monotonic() - begun:.0f} |"
    console.print(told)
    return told


def play_with(bug: Bug | None, steps: int, seed: int) -> subprocess.CompletedProcess[str]:
    """The model against a server with the bug, in a process and a database of their own."""
    command = [sys.executable, "-m", "tests.model", "--here", "--steps", str(steps), "--seed", str(seed)]
    with planted(bug) as root, servers.copied(dict(os.environ)) as environment:
        return subprocess.run(
            command, cwd=root, env=environment | {"PYTHONPATH": str(root)}, preexec_fn=tied(signal.SIGTERM),
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip


def last_words(ended: subprocess.CompletedProcess[str]) -> str:
    return (ended.stdout.strip() or ended.stderr.strip()).splitlines()[-1]


def write(path: Path, *lines: str) -> None:
    """Between its two marks."""
    before, _, rest = path.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]))


if __name__ == "__main__":
    sys.exit(main())
