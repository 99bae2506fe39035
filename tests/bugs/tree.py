"""A copy of the source with a bug in it."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bugs.bug import Bug

ROOT = Path(__file__).resolve().parents[2]
CACHES = shutil.ignore_patterns("__pycache__")


class Stale(Exception):
    """The words that a bug changes are not in the source, or are there twice: it must follow the source."""


def spoil(bug: Bug, root: Path) -> dict[Path, str]:
    """The files that the bug changes, with what they become. Errors: Stale."""
    files: dict[Path, str] = {}
    for edit in bug.edits:
        file = root / edit.file
        text = files.get(file) or file.read_text()
        if text.count(edit.right) != 1:
            raise Stale(f"{bug.name}: found {text.count(edit.right)} times in {edit.file}: {edit.right!r}")
        files[file] = text.replace(edit.right, edit.wrong)
    return files


@contextlib.contextmanager
def planted(bug: Bug | None) -> Iterator[Path]:
    """Where the copy is, for as long as the block lasts; without a bug, for who wants to compare."""
    with tempfile.TemporaryDirectory(prefix="workbin-bug-") as place:
        root = Path(place)
        shutil.copy2(ROOT / "manage.py", root)
        for package in ROOT.glob("*/__init__.py"):
            shutil.copytree(package.parent, root / package.parent.name, ignore=CACHES)
        for file, text in spoil(bug, root).items() if bug else ():
            file.write_text(text)
        yield root
