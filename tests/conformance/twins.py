"""`python -m tests.conformance.twins [--bug NAME]`: the kit against this server with one bug planted, for
each bug of tests.bugs. It must be red, and without a bug green. A minute each. No part of the kit.

Ends with 1 if a bug passed that a black box can see. `--write` puts what came of it into docs/conformance.md.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from tests.bugs import BUGS, ROOT, Bug, planted

# What the kit cannot see, and why.
UNSEEN = {"session_idles_out_while_holding": "a session idles out after an hour"}
PAGE = ROOT / "docs" / "conformance.md"
HEAD = "| bug | the promise that it breaks | red, for instance |\n|---|---|---|\n"
NAMED = 2  # scenarios of a bug
console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.twins", description=__doc__)
    parser.add_argument("--bug", action="append", choices=sorted(BUGS), help="only this one; may be repeated")
    parser.add_argument("--only", action="append", default=[], metavar="WORDS", help="as of the kit")
    parser.add_argument("--write", action="store_true", help="into the table of docs/conformance.md")
    given = parser.parse_args()
    chosen: list[Bug | None] = [BUGS[name] for name in given.bug] if given.bug else [None, *BUGS.values()]
    wrong: list[str] = []
    for bug in chosen:
        begun = time.monotonic()
        red = failures(bug, *given.only)
        name = bug.name if bug else "no bug"
        console.print(f"{name}: {len(red)} red, {time.monotonic() - begun:.0f} s: {'; '.join(red)}")
        if given.write and bug:
            PAGE.write_text(with_row(PAGE.read_text(), bug, red))
        if bool(red) != bool(bug) and name not in UNSEEN:
            wrong.append(name)
    console.print(f"{len(chosen)} played, not as it should be: {', '.join(wrong) or 'none'}")
    return 1 if wrong else 0


def failures(bug: Bug | None, *only: str) -> list[str]:
    """Scenarios that fail on a server of a copy of the source. Errors: RuntimeError, if none is played."""
    with planted(bug) as tree:
        report = tree / "report.xml"
        command = [sys.executable, "-m", "tests.conformance.ours", "--junit", str(report), "--late", "8"]
        command += [word for words in only for word in ("--only", words)]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=400, check=False)
        if not report.exists():
            raise RuntimeError(f"the kit did not begin: {(done.stdout + done.stderr)[-300:]}")
        return read(report)


def read(report: Path) -> list[str]:
    cases = ElementTree.parse(report).iter("testcase")
    red = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return [f"{theme(case)}: {case.attrib['name'].removeprefix('test_')}".replace("_", " ") for case in red]


def theme(case: ElementTree.Element) -> str:
    return case.attrib["classname"].rpartition(".")[2]


# --- The table ----------------------------------------------------------------------------------------


def with_row(page: str, bug: Bug, red: list[str]) -> str:
    """The page with this row, those of other bugs as they were, and none of bugs that are no more."""
    before, after = page.split(HEAD)
    rows, separator, after = after.partition("\n\n")
    kept = {row.split("`")[1]: row for row in rows.splitlines()}
    kept[bug.name] = row_of(bug, red)
    return before + HEAD + "\n".join(kept[name] for name in BUGS if name in kept) + separator + after


def row_of(bug: Bug, red: list[str]) -> str:
    such_as = "; ".join(red[:NAMED]) if red else f"not seen: {UNSEEN.get(bug.name, 'in this run')}"
    return f"| `{bug.name}` | {bug.promise} | {such_as} |"


if __name__ == "__main__":
    sys.exit(main())
