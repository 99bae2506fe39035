"""`python -m tests.faults --rounds 20`: so many rounds of all faults, at moments that follow from the seed.

On two clusters, side by side, with data of their own, which are thrown away. Ends with 1 if anything was
wrong.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
from rich.console import Console

from config.lifeline import spawn, tied
from tests.processes import environment

say = Console(highlight=False, markup=False, soft_wrap=True).print
KINDS = ("plain", "special")
OWN_MOUNTS = ["unshare", "--mount"]

Found = dict[str, list[Any]]


def main() -> int:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "of nobody"}
    django.setup()  # which the faults need to be imported; nothing is asked of any database here
    from tests.faults import table
    from tests.faults.acts import FAULTS

    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--fault", action="append", choices=[*FAULTS], help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each has the next one")
    parser.add_argument("--short", action="store_true", help="one round, shorter pauses, fewer agents")
    parser.add_argument(
        "--output", type=Path, help="JSON, kept after each round; what is in it is gone on with"
    )
    parser.add_argument("--table", action="store_true", help=f"write that of {table.DOCUMENT.name} anew")
    given = parser.parse_args()
    say(f"seed {given.seed}")
    seeds = range(given.seed, given.seed + (1 if given.short else given.rounds))
    with tempfile.TemporaryDirectory() as place:
        output = given.output or Path(place, "figures")
        found = play(given.fault or [*FAULTS], seeds, given.short, output)
    if given.table:
        table.write(table.DOCUMENT, found)
    wrong = [*found["left"], *found["died"], *(one for each in found["plays"] for one in each["problems"])]
    strikes = sum(len(each["strikes"]) for each in found["plays"])
    say(f"{strikes} faults struck, {len(wrong)} things were wrong")
    return 1 if wrong else 0


def play(names: Sequence[str], seeds: Sequence[int], is_short: bool, output: Path) -> Found:
    """Each kind of cluster in a process of its own, with those rounds that the output does not have yet."""
    from tests.faults.acts import FAULTS

    before: Found = json.loads(output.read_text()) if output.exists() else {}
    stages: list[Stage] = []
    try:
        for kind in KINDS:
            chosen = [name for name in names if FAULTS[name].cluster == kind]
            played = {each["seed"] for each in before.get("plays", []) if each["kind"] == kind}
            if chosen and (new := [seed for seed in seeds if seed not in played]):
                stages.append(Stage(kind, output.with_name(f"{output.name}-{kind}"), chosen, new, is_short))
        while True:
            are_over = all([stage.is_over for stage in stages])
            found = together(before, stages)
            output.write_text(json.dumps(found, indent=1))
            if are_over:
                return found
            time.sleep(1)
    finally:
        for stage in stages:
            stage.stop()


class Stage:
    def __init__(
        self, kind: str, output: Path, names: Sequence[str], seeds: Sequence[int], is_short: bool
    ) -> None:
        """Where it may, with mounts of its own, which are gone when it is."""
        self.kind, self.output = kind, output
        output.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.faults.stage", kind, str(output)]
        command += [*(f"--fault={name}" for name in names), *(f"--seed={seed}" for seed in seeds)]
        command += ["--short"] * is_short
        if kind == "special" and may_mount():
            command = [*OWN_MOUNTS, *command, "--may-mount"]
        self.process = spawn(command, tied(signal.SIGINT), env=environment())

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None

    @property
    def found(self) -> Found:
        found: Found = json.loads(self.output.read_text()) if self.output.exists() else {}
        code = self.process.poll()
        return found | {"died": [f"the stage {self.kind} ended with {code}"] if code else []}

    def stop(self) -> None:
        if not self.is_over:
            self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.output.unlink(missing_ok=True)


def together(before: Found, stages: Sequence[Stage]) -> Found:
    found: Found = {name: before.get(name, []) for name in ("plays", "skipped", "left", "died")}
    for stage in stages:
        for name, new in stage.found.items():
            found[name] = [*found[name], *(each for each in new if each not in found[name])]
    return found


def may_mount() -> bool:
    try:
        return subprocess.run([*OWN_MOUNTS, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
