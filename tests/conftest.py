"""The suite has its own PostgreSQL and Valkey, unless DATABASE_URL and REDIS_URL name others."""

import os
import subprocess
import tempfile
from pathlib import Path

import django
import pytest

from config import embedded

running = pytest.StashKey[embedded.Servers]()


def pytest_configure(config: pytest.Config) -> None:
    """Before Django's settings are read; pytest-django takes what it finds here."""
    servers = embedded.Servers(self_removing_directory(), fsync=False)
    servers.start()
    config.stash[running] = servers
    os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 40)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers := config.stash.get(running, None):
        servers.stop()


def self_removing_directory() -> Path:
    """Goes when we go, also when we are killed: then the shell's input ends."""
    place = tempfile.mkdtemp(prefix="workbin-tests-")
    remove = 'read -r forever; until rm -rf "$0"; do sleep 0.1; done 2>/dev/null'
    subprocess.Popen(["sh", "-c", remove, place], stdin=subprocess.PIPE, start_new_session=True)
    return Path(place)
