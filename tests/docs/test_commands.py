"""Every command of the documentation: run where it can be, and otherwise at least there is such a command."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import ROOT, pages
from tests.docs.blocks import steps
from tests.docs.names import unknown_names
from tests.docs.playing import play
from tests.processes import Up, alive, manage, until

PLAYED = ("README.md", "docs/tutorial.md", "docs/tasks.md")
PRINTED = "127.0.0.1:8000"  # where the pages say that it listens


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """What `make run` starts, in a folder that looks like the clone to who types there."""
    if not shutil.which("curl"):
        pytest.skip("there is no curl")
    clone = tmp_path_factory.mktemp("clone")
    (clone / ".venv").symlink_to(sys.prefix)
    shutil.copy(ROOT / "manage.py", clone)
    # They do no more than one person asks for.
    running = Up(clone / ".data", "--demo", WEB_PROCESSES="1", WORKER_PROCESSES="1")
    try:
        running.until_ready()
        yield running
    finally:
        running.interrupt()
        running.listener.join(10)
    until(lambda: not alive(clone), 30, "the end of its children")


@pytest.mark.parametrize("name", PLAYED)
def test_a_page_does_what_it_says(demo: Up, tmp_path: Path, name: str) -> None:
    host = demo.until_ready().removeprefix("http://")
    assert play(steps(ROOT / name), demo.data_dir.parent, tmp_path, **{PRINTED: host}) == []


def test_the_pages_leave_the_contact_centre_as_it_was(demo: Up) -> None:
    """So each of them can be read after the others, and at the next start nothing of theirs is gone."""
    configuration, data_dir = str(ROOT / "config/demo.yaml"), str(demo.data_dir)
    password = (demo.data_dir / "agents-password").read_text()
    done = manage("apply_config", configuration, "--data-dir", data_dir, DEMO_PASSWORD=password)
    assert done.stdout == "Nothing to change.\n", done.stderr


def test_elsewhere_it_is_said_why_commands_are_not_run() -> None:
    others = [page for page in pages() if str(page.relative_to(ROOT)) not in PLAYED]
    assert [str(step.commands) for page in others for step in steps(page)] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_what_is_named_is_there(page: Path) -> None:
    assert unknown_names(page.read_text()) == []


# --- The twins: what is wrong is found --------------------------------------------------------------


SAYS = "```sh\necho '{}'\n```\n\n```json title=\"Answer\"\n{}\n```"
SAYS_TEXT = '```sh\necho {}\n```\n\n```text title="Answer"\n{}\n```'


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("```sh\necho here\n```", []),
        ("```sh\nfalse\n```", ["failed: false"]),
        ("```sh\nno_such_command | cat\n```", ["no_such_command: command not found"]),
        ("<!-- not run: it takes an hour -->\n\n```sh\nfalse\n```", []),
        ("```sh\nNAME=lena\n```\n\n" + SAYS_TEXT.format("$NAME", "lena"), []),
        (SAYS_TEXT.format(2, 1), ["it shows ['1'], and there came ['2']"]),
        (SAYS.format('{"id": 4, "state": "queued"}', '{"id": 1}'), []),
        (SAYS.format('{"state": "queued"}', '{"state": "handling"}'), [".state is shown as 'handling'"]),
        (SAYS.format('{"state": "queued"}', '{"place": null}'), [".place is shown, and did not come"]),
        (SAYS.format("[1, 2]", "[1]"), ["is shown as [1]"]),
        (SAYS.format("no", "{}"), ["there came no JSON"]),
    ],
)
def test_a_page_that_is_wrong_is_found(tmp_path: Path, written: str, found: list[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(written + "\n")
    wrong = play(steps(page), tmp_path, tmp_path)
    assert [words in each for words, each in zip(found, wrong, strict=True)] == [True] * len(found), wrong


RIGHT = "`make conformance`, `manage.py audit --limit 3`, `python -m tests.faults`, `tests/faults/checks.py`"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (RIGHT, []),
        ("Run `make conformence`.", ["make conformence"]),
        ("    python manage.py adit\n", ["manage.py adit"]),
        ("`manage.py audit --deep`", ["manage.py audit --deep"]),
        ("`python -m tests.folts`", ["python -m tests.folts"]),
        ("see `tests/faults/cheks.py`", ["tests/faults/cheks.py"]),
    ],
)
def test_a_name_of_nothing_is_found(written: str, found: list[str]) -> None:
    assert unknown_names(written) == found
