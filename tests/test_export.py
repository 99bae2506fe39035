"""`export_events`: the log as a file, line by line what the feed says."""

import csv
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from benchmarks import year
from config.lifeline import spawn
from reporting import export
from reporting.management.commands import export_events
from tests import cast
from tests.applications import Desk, Json, Log
from tests.processes import MANAGE, as_in_a_terminal
from tests.workers import environment_of_tests

pytestmark = pytest.mark.django_db(transaction=True)

Export = Callable[..., list[Json]]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "events"


@pytest.fixture
def events(alice: Desk, log: Log) -> list[Json]:
    """Of two queues, a workbin and a session."""
    drafts = cast.drafts_of("alice")
    cast.fill(3)
    cast.fill(1, cast.queue("sales", "sales-team").name, external_id='a,"b"\nü')
    alice.place_in_workbin(alice.take(), drafts).ok()
    alice.stop_held(alice.take(), reason="done; really").ok()
    return log.reader.get("reporting/events", limit=1000).ok()["events"]


@pytest.fixture
def exported(output: Path) -> Export:
    def run(**given: Any) -> list[Json]:
        call_command("export_events", output=output, **given)
        return [orjson.loads(line) for line in output.read_bytes().splitlines()]

    return run


def test_each_line_is_as_the_feed_has_it(events: list[Json], exported: Export) -> None:
    found = exported()
    assert found == events
    assert [list(line) for line in found] == [list(event) for event in events]


def test_csv(events: list[Json], output: Path) -> None:
    """In the same order, with the actor in two columns and attributes as JSON."""
    call_command("export_events", format="csv", output=output)
    with output.open(newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == [
        *list(events[0])[:-2],
        *("actor_kind", "actor_name", "attributes"),
    ]
    for line, event in zip(found, events, strict=True):
        actor = {"kind": line.pop("actor_kind"), "name": line.pop("actor_name")}
        assert (actor, orjson.loads(line.pop("attributes"))) == (event["actor"], event["attributes"])
        assert line == {name: "" if event[name] is None else str(event[name]) for name in line}


@pytest.mark.parametrize("name", ["event", "interaction", "queue", "agent", "workbin"])
def test_filters(events: list[Json], exported: Export, name: str) -> None:
    for value in {event[name] for event in events} - {None}:
        assert exported(**{name: value}) == [event for event in events if event[name] == value]


def test_times(events: list[Json], exported: Export) -> None:
    at = events[len(events) // 2]["at"]
    assert exported(**{"from": at}) == [event for event in events if event["at"] >= at]
    assert exported(to=at) == [event for event in events if event["at"] < at]


def test_page_by_page(
    events: list[Json], exported: Export, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And from the cursor that it tells at the end, what came since."""
    for size in (1, 3, len(events), len(events) + 1):
        monkeypatch.setattr(export, "PAGE", size)
        assert exported() == events
    capsys.readouterr()
    assert exported() == events
    [cursor] = re.findall(r"--after (\S+)", capsys.readouterr().err)
    assert exported(after=cursor) == []
    cast.fill(1)
    assert [event["event"] for event in exported(after=cursor)] == [
        "EventInteractionSubmitted",
        "EventPlacedInQueue",
    ]


@pytest.mark.parametrize("cursor", ["nonsense", "OTk5OTk5OTk"])
def test_no_cursor_of_ours(events: list[Json], cursor: str) -> None:
    with pytest.raises(CommandError, match="no cursor of this server"):
        call_command("export_events", after=cursor)


def test_no_instant(events: list[Json]) -> None:
    with pytest.raises(CommandError, match="no instant such as"):
        call_command("export_events", "--from", "yesterday")


def test_where_nobody_may_write(events: list[Json], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("export_events", output=tmp_path / "missing" / "events")


def test_a_file_is_there_when_it_is_whole(
    events: list[Json], output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there before stays until then, and an end by Ctrl-C leaves nothing half-done."""
    output.write_text("yesterday's")

    def interrupted(page: list[Any]) -> bytes:
        assert output.read_text() == "yesterday's"
        raise KeyboardInterrupt

    monkeypatch.setitem(export_events.FORMATS, "jsonl", interrupted)
    with pytest.raises(CommandError, match=r"interrupted; .*: --after MA$") as stopped:
        call_command("export_events", output=output)
    assert stopped.value.returncode == 130
    assert [file.name for file in output.parent.iterdir()] == ["events"]
    assert output.read_text() == "yesterday's"


# --- Real processes -------------------------------------------------------------------------------


@pytest.fixture
def process(transactional_db: None) -> Callable[[], subprocess.Popen[bytes]]:
    """An export of more than a pipe holds."""
    year.make(20_000)
    connection.close()

    def start() -> subprocess.Popen[bytes]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [*MANAGE, "export_events"]
        return spawn(command, as_in_a_terminal(), env=environment_of_tests(), **pipes)

    return start


def test_to_a_pipe(process: Callable[[], subprocess.Popen[bytes]]) -> None:
    with process() as running:
        out, err = running.communicate(timeout=60)
    lines = out.splitlines()
    assert (running.returncode, len(lines)) == (0, 20_000)
    assert orjson.loads(lines[-1])["id"] == 20_000
    assert re.fullmatch(rb"to go on from there: --after \S+\n", err)


def test_a_reader_that_leaves(process: Callable[[], subprocess.Popen[bytes]]) -> None:
    """As `| head -1` does: no word of it."""
    with process() as running:
        assert running.stdout is not None and running.stderr is not None
        assert orjson.loads(running.stdout.readline())["id"] == 1
        running.stdout.close()
        said = running.stderr.read()
        assert (running.wait(60), said) == (141, b"")


def test_ctrl_c(process: Callable[[], subprocess.Popen[bytes]]) -> None:
    """The cursor that it tells lies behind what it has written, or before: never ahead."""
    with process() as running:
        assert running.stdout is not None
        os.read(running.stdout.fileno(), 1)  # and no more: the pipe is full, and it cannot be done before
        os.kill(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    [cursor] = re.findall(r"interrupted; to go on from there: --after (\S+)", err.decode())
    assert export_events.begin(cursor) <= len(out.splitlines()) + 1


_GROWTH = """
import resource, sys
import django
django.setup()
from reporting import export
sizes = []
for events, _ in export.pages(0):
    export.json_lines(events)
    sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(*sizes)
"""


def test_memory_does_not_grow(transactional_db: None) -> None:
    """Of sixteen pages the last needs no more than the fourth, but for what the allocator keeps."""
    year.make(16 * export.PAGE)
    connection.close()
    found = subprocess.run(
        [sys.executable, "-c", _GROWTH],
        env=environment_of_tests(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    sizes = list(map(int, found.stdout.split()))
    assert len(sizes) >= 16
    assert sizes[-1] < sizes[3] + 10_000  # KiB; a page is some 8,000
