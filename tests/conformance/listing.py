"""`python -m tests.conformance.listing`: the scenarios as docs/conformance.md lists them."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

SCENARIOS = Path(__file__).parent / "scenarios"


def themes() -> Iterator[tuple[str, str, list[str]]]:
    """Each theme, what it says of itself, and its scenarios."""
    for file in sorted(SCENARIOS.glob("[a-z]*.py")):
        tree = ast.parse(file.read_text())
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        titles = [words(name.removeprefix("test_")) for name in names if name.startswith("test_")]
        yield words(file.stem), " ".join((ast.get_docstring(tree) or "").split()), titles


def words(name: str) -> str:
    return name.replace("_", " ")


def listing() -> str:
    parts = [
        f"### {theme}\n\n{says}\n\n" + "\n".join(f"* {title}" for title in titles)
        for theme, says, titles in themes()
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(listing())
