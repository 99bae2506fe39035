"""`python -m tests.conformance URL --user admin --password ...`: play all scenarios, say what came of them.

Ends with 0 if all passed, 1 if one failed, 2 if the server or the floor is not ready, 5 if --only fits none.
"""

import argparse
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    add = parser.add_argument
    password = os.environ.get("CONFORMANCE_PASSWORD", "")
    add("url", help="for instance http://127.0.0.1:8000")
    add("--user", default="admin", help="an admin: a superuser who logs in through `sessions`")
    add("--password", default=password, help="or $CONFORMANCE_PASSWORD")
    add("--media-server-token", default="", metavar="TOKEN", help="submit as this service")
    add("--only", action="append", default=[], metavar="WORDS", help="of a theme or a name; may be repeated")
    add("--late", type=float, default=1.0, metavar="SECONDS", help="how late a hold may expire (1)")
    add("--seed", type=int, default=0, metavar="NUMBER", help="begin the scenarios in another order")
    add("--junit", metavar="FILE", help="write a report as JUnit XML")
    given = parser.parse_args()
    plugin = f"{__package__}.plugin"  # which pytest imports: then it can say more of a failed `assert`
    arguments = [
        str(HERE / "scenarios"),
        "-c",
        str(HERE / "pytest.ini"),
        f"--confcutdir={HERE}",
        "-p",
        plugin,
    ]
    for name in ("url", "user", "password", "media_server_token", "late", "seed"):
        arguments.append(f"--kit-{name.replace('_', '-')}={getattr(given, name)}")
    arguments += [f"--kit-only={words}" for words in given.only]
    arguments += [f"--junitxml={given.junit}"] if given.junit else []
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # whatever else is installed is not asked
    os.environ.pop("PYTEST_ADDOPTS", None)
    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main())
