"""One cluster and its rounds, in a process of its own: `python -m tests.faults.stage`, by tests.faults."""

import argparse
import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django

from config import embedded
from config.embedded.postgres import EMBEDDED_NAME

SMALL = "512m"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind")
    parser.add_argument("output", type=Path)
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--seed", type=int, action="append", default=[])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--may-mount", action="store_true")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="wb-faults-") as place,
        small_disk(Path(place, "data"), given.may_mount) as is_small,
    ):
        act(servers_in(Path(place, "data")), is_small, given)
    return 0


def servers_in(place: Path) -> embedded.Servers:
    """Not started yet; but Django's settings are made for them."""
    servers = embedded.Servers(place)
    os.environ |= {
        "DATABASE_URL": servers.database_url.replace(EMBEDDED_NAME, "stage"),
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "WEB_PROCESSES": "2",
        "WORKER_PROCESSES": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "NO_PROXY": "*",
    }
    django.setup()
    return servers


@contextlib.contextmanager
def small_disk(place: Path, may_mount: bool) -> Iterator[bool]:
    """Whether the place is a small disk of its own, in the end. Some containers bar root from it too."""
    place.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=700", "tmpfs", str(place)]
    is_small = may_mount and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield is_small
    finally:
        if is_small:
            subprocess.run(["umount", str(place)], check=True)


def act(servers: embedded.Servers, is_small: bool, given: argparse.Namespace) -> None:
    from tests.faults.cluster import Cluster
    from tests.faults.rounds import Rounds

    cluster = Cluster(servers, given.kind == "special", is_small)
    options = {"output": given.output, "seeds": given.seed, "is_short": given.short}
    rounds = Rounds(cluster, given.kind, given.fault, **options)
    cluster.start()
    try:
        cluster.keep_while(rounds.run)
    except BaseException:
        sys.stderr.write(cluster.log_file.read_text()[-20_000:])
        raise
    finally:
        left = cluster.stop()
    rounds.keep(left.values())


if __name__ == "__main__":
    sys.exit(main())
