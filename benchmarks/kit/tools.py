"""Programs that are not Python packages: wrk, beanstalkd, and the pgbench that comes with PostgreSQL."""

import os
import shutil
import subprocess
from pathlib import Path

from config.embedded.postgres import binaries

PACKAGES = {"wrk": "wrk", "beanstalkd": "beanstalkd", "ip": "iproute2"}


class Missing(Exception):
    pass


def pgbench() -> Path:
    return binaries() / "pgbench"


def tool(name: str) -> str:
    """Its path. Errors: Missing, with what to do."""
    found = shutil.which(name) or install(name)
    if found is None:
        raise Missing(f"{name} is not here: apt-get install {PACKAGES[name]}")
    return found


def install(name: str) -> str | None:
    """As root on Debian only."""
    if os.getuid() or not shutil.which("apt-get"):
        return None
    print(f"Installing {PACKAGES[name]}, this once.", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    for command in (["update", "-qq"], ["install", "-y", "-qq", PACKAGES[name]]):
        subprocess.run(["apt-get", *command], check=True, **quiet)  # type: ignore[call-overload]
    return shutil.which(name)
