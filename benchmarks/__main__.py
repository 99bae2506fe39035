"""Measure what Workbin promises, beside what people would pick instead.

`python -m benchmarks short` and `full` run them one after the other, each on a PostgreSQL and a Valkey of its
own, and write benchmarks.json and the plots. `python -m benchmarks NAME` runs one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django

from benchmarks import NAMES, SUITE
from benchmarks.kit.tools import Missing
from config import embedded


def main() -> None:
    words = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:<12}{what}" for name, what in NAMES.items()),
    )
    words.add_argument("name", choices=["short", "full", *NAMES], metavar="short | full | NAME")
    words.add_argument("--full", action="store_true", help="the long form of NAME")
    words.add_argument("--output", type=Path, default=Path("build/benchmarks"), help="default: %(default)s")
    given = words.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    if given.name in ("short", "full"):
        sys.exit(run_all(given.output, given.name == "full"))
    run_one(given.name, given.output, given.full)


def run_all(output: Path, is_full: bool) -> int:
    """In a process each, so that none profits from what another left. Returns the exit code."""
    from benchmarks.kit import summary

    names = [name for name, is_short in SUITE.items() if is_short or is_full]
    failed = []
    for name in names:
        print(f"\n== {name}: {NAMES[name]}\n", flush=True)
        command = [sys.executable, "-m", "benchmarks", name, "--output", str(output), *["--full"] * is_full]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    summary.write(output, names, failed)
    return 1 if failed else 0


def run_one(name: str, output: Path, is_full: bool) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="workbin-bench-") as place,
        embedded.servers(Path(place)) as servers,
    ):
        os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        from benchmarks.kit.results import Results

        call_command("migrate", verbosity=0)
        results = Results(name, is_full)
        try:
            import_module(f"benchmarks.{name}").run(results)
        except Missing as missing:
            sys.exit(str(missing))
        results.save(output / f"{name}.json")
        connections.close_all()


main()
