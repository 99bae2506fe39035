"""HTTP load from wrk, which takes little of the two cores that the servers need."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.kit.processes import Site
from benchmarks.kit.tools import tool

CLIENTS = 8


@dataclass(slots=True)
class Load:
    """What wrk saw. p50 and p99 in milliseconds."""

    requests: int
    seconds: float
    refused: int
    lost: int
    p50: float
    p99: float

    @property
    def a_second(self) -> float:
        return self.requests / self.seconds


def load(
    site: Site,
    method: str,
    path: str,
    body: Any = None,
    *,
    tokens: range,
    seconds: float = 5,
    clients: int = CLIENTS,
) -> Load:
    """The request again and again in the name of one agent after the other. A request that fails is an error
    of the benchmark."""
    content = "" if body is None else json.dumps(body)
    threads = ["-t", "1", "-c", str(clients), "-d", f"{seconds:g}s", "--timeout", "20s"]
    script = ["-s", str(Path(__file__).with_name("wrk.lua")), site.url + path]
    words = ["--", method, content, str(len(tokens)), str(tokens.start)]
    done = subprocess.run(
        [tool("wrk"), *threads, *script, *words], capture_output=True, text=True, check=True
    ).stdout
    found = Load(**json.loads(done.strip().rsplit("\n", 1)[-1]))
    if found.refused or found.lost:
        raise RuntimeError(f"{method} {path}: {found.refused} refused, {found.lost} lost\n{done}")
    return found
