"""`python -m tests.model --steps 50000`: the server against the model, until there were that many steps.

On servers and data of its own, which it throws away. Ends with 1 at the first difference, with the steps that
led to it; --shrink looks for fewer.
"""

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

import django

from config import embedded


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--steps", type=int, default=50_000, help="at least that many in all")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each has the next")
    parser.add_argument("--shrink", action="store_true")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and no data is left behind
    with tempfile.TemporaryDirectory(prefix="workbin-model-") as place:
        servers = embedded.Servers(Path(place), fsync=False)
        servers.start()
        try:
            os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
            os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 40)
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
            django.setup()
            from tests.model.rounds import run

            return run(given.steps, given.seed, given.shrink)
        finally:
            servers.stop()


if __name__ == "__main__":
    sys.exit(main())
