"""Reads who imports whom, and who writes what, out of the source."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Arrow:
    """One module imports another."""

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


def module_of(file: Path, root: Path) -> str:
    name = ".".join(file.relative_to(root).with_suffix("").parts)
    return name.removesuffix(".__init__")


def sources(root: Path, *packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for file in sorted((root / package).rglob("*.py")):
            if "migrations" not in file.parts:
                yield module_of(file, root), ast.parse(file.read_text())


def arrows(root: Path, *packages: str) -> list[Arrow]:
    """Also those inside functions and classes: to hide an import does not turn it round."""
    found = []
    for module, tree in sources(root, *packages):
        is_package = (root / Path(*module.split("."))).is_dir()
        parts = module.split(".") if is_package else module.split(".")[:-1]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found += [Arrow(module, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = parts[: len(parts) - node.level + 1] if node.level else []
                start = ".".join([*base, *(node.module.split(".") if node.module else [])])
                for alias in node.names:
                    whole = f"{start}.{alias.name}"
                    path = root / Path(*whole.split("."))
                    is_module = path.is_dir() or path.with_suffix(".py").exists()
                    found.append(Arrow(module, whole if is_module else start))
    return found


WRITING_CALLS = {
    "save",
    "update",
    "delete",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
}
TABLES = r'"?interactions_(interaction|party|session)\b'
WRITING_SQL = re.compile(rf"(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(ONLY\s+)?{TABLES}", re.IGNORECASE)
MODELS = {"Interaction", "Party", "Session"}


def writers(root: Path, *packages: str) -> dict[str, list[str]]:
    """Modules that write interactions, parties or sessions: by SQL, or by a manager of these models."""
    found: dict[str, list[str]] = {}
    for module, tree in sources(root, *packages):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and WRITING_SQL.search(node.value)
            ):
                found.setdefault(module, []).append(" ".join(node.value.split())[:60])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                names = {name.id for name in ast.walk(node.func.value) if isinstance(name, ast.Name)}
                if node.func.attr in WRITING_CALLS and names & MODELS:
                    found.setdefault(module, []).append(ast.unparse(node)[:60])
    return found
