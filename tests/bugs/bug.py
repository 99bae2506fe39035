"""What a bug is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """In a file, words that are there once become others."""

    file: str
    right: str
    wrong: str


@dataclass(frozen=True)
class Bug:
    name: str
    promise: str  # the one that is broken
    edits: tuple[Edit, ...]


def bug(name: str, promise: str, *edits: tuple[str, str, str]) -> Bug:
    return Bug(name, promise, tuple(Edit(*each) for each in edits))
