"""A copy of the source with a bug in it."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bugs.bugs import Bug

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("config", "interactions", "workbins", "reporting", "workbin_client", "tests", "manage.py")


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
        for name in COPIED:
            copy(ROOT / name, root / name)
        for file, text in spoil(bug, root).items() if bug else ():
            file.write_text(text)
        yield root


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)
