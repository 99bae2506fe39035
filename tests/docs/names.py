"""The commands, modules and files that a page names, and which of them are not there."""

import importlib.util
import re
from functools import cache

from django.core.management import get_commands, load_command_class

from tests.docs import ROOT

CODE = re.compile(r"^```.*?^```$|^ {4}.*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)\b")
MANAGE = re.compile(
    r"(?:manage\.py|bin/workbin|`workbin) ([a-z_]+)((?: +(?:--?[a-z-]+|[^\s`|;)\"'-][^\s`|;)\"']*))*)"
)
OPTION = re.compile(r"--[a-z-]+")
MODULE = re.compile(r"\bpython -m ((?:tests|benchmarks|config)[\w.]*)")
FOLDERS = "tests|benchmarks|config|desk|interactions|reporting|workbins|workbin_client|deploy|docs"
FILE = re.compile(rf"^`((?:{FOLDERS})/[\w./-]+\.\w+)`$")
ANY_COMMAND = {"--data-dir", "--help", "--version", "--verbosity", "--traceback", "--no-input"}


def unknown_names(page: str) -> list[str]:
    return [name for code in CODE.findall(page) for name in unknown(code)]


def unknown(code: str) -> list[str]:
    wrong = [f"make {target}" for target in MAKE.findall(code) if target not in targets()]
    for name, rest in MANAGE.findall(code):
        if name not in get_commands():
            wrong.append(f"manage.py {name}")
        else:
            wrong += [
                f"manage.py {name} {each}" for each in OPTION.findall(rest) if each not in options(name)
            ]
    wrong += [
        f"python -m {module}" for module in MODULE.findall(code) if not importlib.util.find_spec(module)
    ]
    return wrong + [file for file in FILE.findall(code) if not (ROOT / file).exists()]


@cache
def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@cache
def options(name: str) -> set[str]:
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    return ANY_COMMAND | {option for action in parser._actions for option in action.option_strings}
