"""`python -m tests.conformance.twins [--bug NAME]`: the kit against this server with one bug planted, for
each bug of tests.bugs. It must be red, and without a bug green. A minute each. No part of the kit.

Ends with 1 if a bug passed that a black box can see.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from tests.bugs import BUGS, Bug, planted

# What the kit cannot see, and why.
UNSEEN = {"session_idles_out_while_holding": "a session idles out after an hour"}
console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.twins", description=__doc__)
    parser.add_argument("--bug", action="append", choices=sorted(BUGS), help="only this one; may be repeated")
    given = parser.parse_args()
    chosen = [BUGS[name] for name in given.bug or BUGS]
    passed = []
    for bug in (None, *chosen):
        begun = time.monotonic()
        red = failures(bug)
        name = bug.name if bug else "no bug"
        console.print(f"{name}: {len(red)} red, {time.monotonic() - begun:.0f} s: {'; '.join(red[:3])}")
        if bool(red) != bool(bug) and name not in UNSEEN:
            passed.append(name)
    console.print(f"{len(chosen)} bugs, not as it should be: {', '.join(passed) or 'none'}")
    return 1 if passed else 0


def failures(bug: Bug | None) -> list[str]:
    """The scenarios that fail on a server of a copy of the source."""
    with planted(bug) as tree:
        report = tree / "report.xml"
        command = [sys.executable, "-m", "tests.conformance.ours", "--junit", str(report), "--late", "3"]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=400, check=False)
        if not report.exists():
            return [f"the kit did not begin: {(done.stdout + done.stderr)[-300:]}"]
        return read(report)


def read(report: Path) -> list[str]:
    cases = ElementTree.parse(report).iter("testcase")
    red = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return [f"{theme(case)}: {case.attrib['name'].removeprefix('test_')}".replace("_", " ") for case in red]


def theme(case: ElementTree.Element) -> str:
    return case.attrib["classname"].rpartition(".")[2]


if __name__ == "__main__":
    sys.exit(main())
