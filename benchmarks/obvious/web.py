"""Its web process, on our web server: `python -m benchmarks.obvious.web FD`."""

import sys

from benchmarks.obvious import tasks  # noqa: F401  the Celery application
from config import web

if __name__ == "__main__":
    web.main(int(sys.argv[1]))
