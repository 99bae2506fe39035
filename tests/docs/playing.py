"""A page's commands, run in order by one shell, as a reader would who copies them into a terminal."""

import signal
import subprocess
from pathlib import Path

from config.lifeline import tied
from tests.docs import ROOT
from tests.docs.answers import difference
from tests.docs.blocks import Step
from tests.processes import environment

# A refused request ends curl with an error, and an error in the middle of a pipe counts.
CURLRC = "fail-with-body\n"
HEAD = """set -E -o pipefail
trap 'echo "$BASH_COMMAND" >> "$PLAYED/$STEP.failed"' ERR
"""
SECONDS = 300


def play(steps: list[Step], where: Path, scratch: Path, **names: str) -> list[str]:
    """What was not as the page has it. `names` are put in the place of what the page calls by other names."""
    (scratch / ".curlrc").write_text(CURLRC)
    script = HEAD
    for number, step in enumerate(steps):
        commands = step.commands.text
        for name, ours in names.items():
            commands = commands.replace(name, ours)
        (scratch / f"{number}.sh").write_text(commands)
        said = f'"$PLAYED/{number}.out" 2> "$PLAYED/{number}.err"'
        script += f'STEP={number}; . "$PLAYED/{number}.sh" > {said} < /dev/null\n'
    run(script, where, scratch)
    return [wrong for number, step in enumerate(steps) if (wrong := judge(step, scratch / str(number)))]


def run(script: str, where: Path, scratch: Path) -> None:
    env = environment(CURL_HOME=str(scratch), PLAYED=str(scratch), PYTHONPATH=str(ROOT))
    subprocess.run(
        ["bash", "-c", script],
        cwd=where,
        env=env,
        preexec_fn=tied(signal.SIGKILL),
        timeout=SECONDS,
        check=False,
    )


def judge(step: Step, files: Path) -> str | None:
    """By the answer, where one is shown: it may be a refusal. Else nothing may have failed."""
    read = {kind: (files.parent / f"{files.name}.{kind}") for kind in ("out", "err", "failed")}
    out, err, failed = (file.read_text() if file.exists() else "" for file in read.values())
    if step.answer:
        wrong = difference(step.answer, out)
        return f"{step.answer}: {wrong} {err}" if wrong else None
    return f"{step.commands}: failed: {failed}{out}{err}" if failed or not read["out"].exists() else None
