"""Configuration files: YAML, with the line of every fault."""

from pathlib import Path
from typing import Any

import yaml

from config.configuration.shape import Fault, Faults


class Loader(yaml.SafeLoader):
    """Which raises whatever int() and the like raise, without a word on where."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError, ArithmeticError) as error:
            what = repr(node.value[:40]) if isinstance(node.value, str) else "this"
            why = f"{what} is no {node.tag.rpartition(':')[2]}"
            raise yaml.MarkedYAMLError(problem=why, problem_mark=node.start_mark) from error


def load(text: str) -> Any:
    """Errors: yaml.YAMLError, also for a key that is there twice."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is not None:
        _refuse_doubled_keys(root, set())
    return yaml.load(text, Loader)  # a SafeLoader


def dump(document: dict[str, list[Any]]) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)


def explain(faults: Faults, file: Path, text: str) -> str:
    """One line a fault: file, line, path and what is allowed."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return "\n".join(f"{file}:{_line(root, fault)}: {fault}" for fault in faults.faults)


def explain_syntax(error: Exception, file: Path) -> str:
    """One line: where it is no YAML, and why."""
    mark = getattr(error, "problem_mark", None)
    where = f"{file}:{mark.line + 1}" if mark else str(file)
    why = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{where} is not valid YAML: {why}"


def _line(node: Any, fault: Fault) -> int:
    line = node.start_mark.line if node is not None else 0
    for step in fault.path:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == step]
            if not found:
                break
            key, node = found[0]
            line = key.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 1


def _refuse_doubled_keys(node: Any, known: set[int]) -> None:
    """Once each: by its aliases a small file can have more nodes than there is time for, or itself in it."""
    if id(node) in known:
        return
    known.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} is there twice", problem_mark=key.start_mark)
            seen.add(key.value)
            _refuse_doubled_keys(value, known)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_doubled_keys(value, known)
