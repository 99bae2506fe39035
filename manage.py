#!/usr/bin/env python
"""Run a management command, e.g. `python manage.py up --demo`."""

import sys
from pathlib import Path

from config.cli import main

if __name__ == "__main__":
    main(sys.argv, Path(__file__).resolve().parent)
