"""`make env` on a machine that lacks something says what, and where it is to be had."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs import ROOT

# A Python is as new as this says, has pip or not, and comes to an index or not.
PYTHON = """#!/bin/sh
case "$*" in
  *version_info*) exit {too_old};;
  "-m pip --version") exit {no_pip};;
  "-m venv "*) exit 0;;
  *" install "*) exit {no_index};;
esac
exit 9
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    if not shutil.which("make"):
        pytest.skip("there is no make")
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make_env(clone: Path, python: str | None = None) -> list[str]:
    """What it says; the only programs are the shell's, and perhaps a Python."""
    programs = clone / "bin"
    programs.mkdir()
    for name in ("sh", "touch"):
        (programs / name).symlink_to(str(shutil.which(name)))
    if python:
        (programs / "python3").write_text(python)
        (programs / "python3").chmod(0o755)
    (clone / ".venv").mkdir()
    make = [str(shutil.which("make")), "--no-print-directory", "env"]
    environment = {"PATH": str(programs), "HOME": os.devnull}
    done = subprocess.run(
        make, cwd=clone, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode == 0) == (clone / ".venv/.installed").exists()
    return done.stdout.splitlines()


NEEDS_PYTHON = "Workbin needs Python 3.11 or newer, as python3.11, python3 or python."
NEEDS_PIP = "Workbin needs pip: 'python3 -m pip' fails. Debian has it in the package python3-pip."
INSTALLING = "Installing requirements.lock into .venv, this once: a minute or so."
NO_INDEX = (
    "pip could not install requirements.lock: it asks pypi.org, or the mirror that PIP_INDEX_URL names."
)


@pytest.mark.parametrize(
    ("python", "said"),
    [
        (None, [NEEDS_PYTHON]),
        (PYTHON.format(too_old=1, no_pip=0, no_index=0), [NEEDS_PYTHON]),
        (PYTHON.format(too_old=0, no_pip=1, no_index=0), [NEEDS_PIP]),
        (PYTHON.format(too_old=0, no_pip=0, no_index=1), [INSTALLING, NO_INDEX]),
        (PYTHON.format(too_old=0, no_pip=0, no_index=0), [INSTALLING]),
    ],
)
def test_what_is_missing_is_said(clone: Path, python: str | None, said: list[str]) -> None:
    assert make_env(clone, python) == said
