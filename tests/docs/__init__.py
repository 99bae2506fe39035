"""The documentation is true: its commands are run, its links lead somewhere, its files are valid."""

from pathlib import Path

from django.conf import settings

ROOT: Path = settings.BASE_DIR
AT_THE_TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


def pages(root: Path = ROOT) -> list[Path]:
    """All that is for readers."""
    top = [root / name for name in AT_THE_TOP if (root / name).exists()]
    return top + sorted((root / "docs").rglob("*.md"))
