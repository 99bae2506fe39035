"""The agent of the README is complete: it runs as it stands there."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import F

from config.lifeline import spawn
from interactions.models import Interaction, Party
from tests import cast
from tests.applications import Desk, Log
from tests.clients import shorten
from tests.processes import as_in_a_terminal, until
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PULLED = ["EventTakenFromQueue", "EventPartyAdded"]
STOPPED = ["EventPartyRemoved", "EventProcessingStopped"]
WORK, TIMEOUT = 3, 2  # seconds


def test_the_agent_of_the_readme(site: Web, absent_alice: str, lena: Desk, log: Log, tmp_path: Path) -> None:
    """Its work takes longer than the timeout. One is revoked meanwhile, and is its own again; the last is
    interrupted by Ctrl-C."""
    readme = (settings.BASE_DIR / "README.md").read_text()
    [code] = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert len(code.splitlines()) == 20
    assert f"sleep({WORK})" in code
    script = tmp_path / "agent.py"
    for times in (1, 3):  # as long: if this machine is too slow for it as it stands there
        script.write_text(code.replace(f"sleep({WORK})", f"sleep({times * WORK})"))
        shorten(times * TIMEOUT)
        log.skip()
        (one, two, three), said = play([sys.executable, str(script), site.url, absent_alice], lena)
        events = [event for event in log.new() if event["agent"] == "alice" or event["reason"] == "Answered"]
        if not any(event["reason"] == "Expired" for event in events) and "expired" not in said:
            break
        lena.stop(three).ok()
    assert said.splitlines() == [
        f"answering {one} {{}}",
        f"no longer ours: interaction {one}: revoked",
        f"answering {one} {{}}",
        f"answering {two} {{}}",
        f"answering {three} {{}}",
    ]
    assert [event["event"] for event in events] == [
        "EventAgentLogin",
        *PULLED,
        *["EventPartyRemoved", "EventRevoked"],
        *[*PULLED, *STOPPED] * 2,
        *PULLED,
        *["EventPartyRemoved", "EventPlacedInQueue"],
        "EventAgentLogout",
    ]
    assert [event["reason"] for event in events if event["event"] == "EventProcessingStopped"] == [
        "Answered"
    ] * 2


def play(command: list[str], lena: Desk) -> tuple[list[int], str]:
    """Which interactions there were, and what the agent said."""
    one, two = cast.fill(2)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR), "PYTHONUNBUFFERED": "1"}
    agent = spawn(
        [*command, cast.PASSWORD], as_in_a_terminal(), env=environment, cwd=Path(command[1]).parent,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: Party.objects.filter(ended_at=None))
        lena.revoke(one).ok()
        both = Interaction.objects.filter(pk__in=[one, two], state="stopped")
        until(lambda: both.count() == 2, 60)
        [three] = cast.fill(1)
        in_hand = Party.objects.filter(ended_at=None, interaction=three, last_reset_at__gt=F("joined_at"))
        until(in_hand.exists)  # and the agent has said so
        agent.send_signal(signal.SIGINT)
        said, _ = agent.communicate(timeout=60)
    finally:
        agent.kill()
        agent.wait()
    return [one, two, three], said.decode()
