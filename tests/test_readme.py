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

from config.lifeline import spawn, tie_to
from interactions.models import Interaction, Party
from tests import cast
from tests.applications import Desk, Log
from tests.clients import shorten
from tests.processes import until
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PULLED = ["EventTakenFromQueue", "EventPartyAdded"]
PARENT = os.getpid()
STOPPED = ["EventPartyRemoved", "EventProcessingStopped"]


def as_in_a_terminal() -> None:
    """Where Ctrl-C is heard: a shell's background jobs, and so we perhaps, ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    tie_to(PARENT, signal.SIGKILL)


def test_the_agent_of_the_readme(site: Web, absent_alice: str, lena: Desk, log: Log, tmp_path: Path) -> None:
    """Its work takes longer than the timeout. One is revoked meanwhile, and is its own again; the last is
    interrupted by Ctrl-C."""
    readme = (settings.BASE_DIR / "README.md").read_text()
    [code] = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert len(code.splitlines()) == 20
    script = tmp_path / "agent.py"
    script.write_text(code)
    shorten(2)
    one, two = cast.fill(2)
    log.skip()
    command = [sys.executable, str(script), site.url, absent_alice, cast.PASSWORD]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR), "PYTHONUNBUFFERED": "1"}
    agent = spawn(
        command, as_in_a_terminal, env=environment, cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: Party.objects.filter(ended_at=None))
        lena.revoke(one).ok()
        until(lambda: Interaction.objects.filter(state="stopped").count() == 2)
        [three] = cast.fill(1)
        in_hand = Party.objects.filter(ended_at=None, interaction=three, last_reset_at__gt=F("joined_at"))
        until(in_hand.exists)  # and the agent has said so
        agent.send_signal(signal.SIGINT)
        said, _ = agent.communicate(timeout=30)
    finally:
        agent.kill()
        agent.wait()
    assert said.decode().splitlines() == [
        f"answering {one} {{}}",
        f"no longer ours: interaction {one}: revoked",
        f"answering {one} {{}}",
        f"answering {two} {{}}",
        f"answering {three} {{}}",
    ]
    events = [event for event in log.new() if event["agent"] == "alice" or event["reason"] == "Answered"]
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
