"""Scenes in a real browser: Chromium, where one is found. Elsewhere they are skipped, and say so.

`CHROMIUM` in the environment names another one than is on the PATH.
"""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WHERE = "no Chromium is found: install Debian's package chromium, or name one by CHROMIUM"


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
