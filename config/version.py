"""Which Workbin this is."""

import tomllib
from importlib.metadata import version
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "pyproject.toml"


def found() -> str:
    """Of the source in a clone, else of the package that is installed."""
    if SOURCE.exists():
        return str(tomllib.loads(SOURCE.read_text())["project"]["version"])
    return version("workbin")
