"""`up --demo`: what it prints is enough to be an agent."""

import json
import re
import shlex
import urllib.request
from pathlib import Path
from typing import Any

from tests.processes import until, up


def follow(line: str, token: str) -> dict[str, Any]:
    """What curl would do with a line for the terminal."""
    line = line.replace("$TOKEN", token)
    words = shlex.split(re.sub(r"^TOKEN=\$\((.*) \| python3 .*\)$", r"\1", line.strip()))
    given = {flag: words[place + 1] for place, flag in enumerate(words) if flag == "-d"}
    headers = dict(words[place + 1].split(": ", 1) for place, flag in enumerate(words) if flag == "-H")
    request = urllib.request.Request(words[-1], given.get("-d", "").encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, Any] = json.load(response)
        return answer


def test_a_newcomer_is_alice_by_three_lines(tmp_path: Path) -> None:
    with up(tmp_path / "data", "--demo") as running:
        address = running.until_ready()
        desk = running.lines.index(f"  desk   {address}/desk/")
        assert running.lines[0] == f"Starting the embedded servers in {tmp_path / 'data'}."
        [(user, password)] = re.findall(r"^ +user (\w+), password (\S+)$", running.lines[desk + 1])
        log_in, pull, keep_alive = running.said("curl")

        assert json.dumps({"username": user, "password": password}) in log_in
        token = follow(log_in, "")["token"]
        [mail] = follow(pull, token)["interactions"]
        [party] = follow(keep_alive, token)["parties"]

        assert mail["user_data"]["subject"] == "Order 48213 has not arrived"
        assert (party["interaction"], party["handling_timeout"]) == (mail["id"], 30)
        until(lambda: running.children("simulate"), what="the agents at work")
        assert not running.said("died")
