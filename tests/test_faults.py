"""Faults under load, each once in a short form: real processes are killed, stopped, starved and misled.

`python -m tests.faults` plays each many times. Whatever is wrong is in the words of tests.faults.checks.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from config.lifeline import spawn, tied
from tests.faults.acts import FAULTS
from tests.faults.cluster import CLOCKED
from tests.processes import environment

SECONDS = 600
FELT = {
    "disturbed": ("database-killed", "database-restarted", "connections-taken", "web-in-a-request"),
    "expired": ("workers-gone", "worker-in-a-batch", "broker-paused"),
}
SEED = 68  # in its order a worker mostly has time to start until the next one is hurt


@pytest.fixture(scope="module")
def played() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        output, log = Path(place, "figures"), Path(place, "log")
        command = [sys.executable, "-m", "tests.faults", "--short", f"--seed={SEED}", f"--output={output}"]
        with log.open("w") as out:
            process = spawn(
                command, tied(signal.SIGINT), env=environment(), cwd=settings.BASE_DIR, stdout=out, stderr=out
            )
            try:
                process.wait(SECONDS)
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(60)
        assert output.exists(), log.read_text()
        found: dict[str, Any] = json.loads(output.read_text())
        return found | {"log": log.read_text()}


def test_whatever_dies(played: dict[str, Any]) -> None:
    wrong = [problem for play in played["plays"] for problem in play["problems"]]
    assert [*wrong, *played["died"], *played["left"]] == [], played["log"]


def test_each_fault_was_played(played: dict[str, Any]) -> None:
    """As far as it can be: only who may mount a small disk can fill it up."""
    struck = {strike["fault"] for play in played["plays"] for strike in play["strikes"]}
    assert struck | {*played["skipped"]} == {*FAULTS}
    assert {*played["skipped"]} <= {name for name, fault in FAULTS.items() if fault.needs_small}


def test_the_faults_are_felt(played: dict[str, Any]) -> None:
    """The twin: under them requests are refused, connections break, and holds end later than usual."""
    strikes = {strike["fault"]: strike for play in played["plays"] for strike in play["strikes"]}
    for figure, names in FELT.items():
        felt = [name for name in names if strikes[name][figure]]
        assert len(felt) > 1, (figure, felt)  # one may meet nobody: they are short, and the agents few


def test_a_clock_that_is_wrong(tmp_path: Path) -> None:
    """It is for those who ask in Python, whichever way; spans go right."""
    clock = tmp_path / "clock"
    clock.write_text("-3600")
    code = (
        "import time, datetime; from time import time as known; begun = time.monotonic(); time.sleep(0.5);"
        "print(known(), datetime.datetime.now().timestamp(), time.monotonic() - begun)"
    )
    env = os.environ | {"PYTHONPATH": str(CLOCKED), "CLOCK": str(clock)}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    seconds, of_datetime, span = map(float, told.stdout.split())
    assert time.time() - 3600 - 60 < seconds <= of_datetime < time.time() - 3600
    assert 0.5 <= span < 60
