"""`python -m tests.faults --rounds 20`: each fault so many times, at moments that follow from the seed.

On clusters and data of their own, which are thrown away. When all faults have been played at length, the
table in docs/reliability.md is written anew. Ends with 1 if anything was wrong.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from rich.console import Console

from config.lifeline import spawn, tied
from tests.processes import environment

say = Console(highlight=False, markup=False, soft_wrap=True).print
KINDS = ("plain", "special")
OWN_MOUNTS = ["unshare", "--mount"]


def main() -> int:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "of nobody"}
    django.setup()  # which the faults need to be imported; nothing is asked of any database here
    from tests.faults import table
    from tests.faults.acts import FAULTS

    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--fault", action="append", choices=[*FAULTS], help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=1, help="of the first play; each has the next one")
    parser.add_argument("--short", action="store_true", help="all once, one after the other under one load")
    parser.add_argument("--output", type=Path, help="where the figures go too, as JSON")
    given = parser.parse_args()
    say(f"seed {given.seed}")
    found = play(given.fault or [*FAULTS], given.rounds, given.seed, given.short)
    if given.output:
        given.output.write_text(json.dumps(found, indent=1))
    if not (given.short or given.fault):
        table.write(table.DOCUMENT, found)
    wrong = [*found["left"], *found["died"], *(one for each in found["plays"] for one in each["problems"])]
    strikes = sum(len(each["strikes"]) for each in found["plays"])
    say(f"{strikes} faults struck, {len(wrong)} things were wrong")
    return 1 if wrong else 0


def play(names: list[str], rounds: int, seed: int, is_short: bool) -> dict[str, Any]:
    """Each kind of cluster in a process of its own: at length one after the other, in short at once."""
    from tests.faults.acts import FAULTS, stage_of

    found: dict[str, Any] = {"plays": [], "skipped": [], "left": [], "died": []}
    with tempfile.TemporaryDirectory() as place:
        stages: list[tuple[subprocess.Popen[bytes], Path]] = []
        for kind in KINDS:
            chosen = [f"--fault={name}" for name in names if stage_of(FAULTS[name], is_short) == kind]
            if chosen:
                output = Path(place, kind)
                options = [*chosen, f"--rounds={rounds}", f"--seed={seed}", *["--short"] * is_short]
                stages.append((start(kind, output, options), output))
                if not is_short:
                    stages[-1][0].wait()
        for process, output in stages:
            if process.wait():
                found["died"].append(f"the stage of {output.name} ended with {process.returncode}")
            for name, value in json.loads(output.read_text() if output.exists() else "{}").items():
                found[name] += value
    return found


def start(kind: str, output: Path, options: list[str]) -> subprocess.Popen[bytes]:
    """Where it may, with mounts of its own, which are gone when it is."""
    command = [sys.executable, "-m", "tests.faults.stage", kind, str(output), *options]
    if kind == "special" and may_mount():
        command = [*OWN_MOUNTS, *command, "--may-mount"]
    return spawn(command, tied(signal.SIGINT), env=environment())


def may_mount() -> bool:
    try:
        return subprocess.run([*OWN_MOUNTS, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
