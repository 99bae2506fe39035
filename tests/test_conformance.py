"""The conformance kit is green against our server, is a black box, and is what its page says."""

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from tests.bugs import BUGS
from tests.conformance import floor
from tests.conformance.cast import Agent
from tests.conformance.lateness import Lateness
from tests.conformance.listing import listing, themes
from tests.conformance.log import Log, pulled
from tests.conformance.ours import FLOOR, Ours, ours
from tests.conformance.server import Answer, Clock, Inconclusive, Server
from tests.conformance.stage import House, play
from tests.conformance.twins import failures
from tests.imports import ROOT, Arrow, arrows

OUTSIDE = ("tests.conformance.ours", "tests.conformance.twins")  # they start servers of ours
NEEDS = {"httpx", "pytest", "rich"}
LATE = "8"  # seconds; a machine that runs tests does other things, too


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    with ours(tmp_path_factory.mktemp("ours") / "data") as running:
        yield running


def test_without_its_floor_it_says_what_to_do(server: Ours) -> None:
    """And plays nothing. The server is then up, for the scene that has the machine to itself."""
    refused = server.judge()
    assert refused.returncode == 2, refused.stdout
    assert "apply_config tests/conformance/floor.yaml" in refused.stdout


@pytest.mark.alone
def test_our_server_conforms(server: Ours, tmp_path: Path) -> None:
    token = server.lay_the_floor()
    done = server.judge(f"--media-server-token={token}", "--late", LATE, "--junit", str(tmp_path / "kit.xml"))

    assert done.returncode == 0, done.stdout
    cases = list(ElementTree.parse(tmp_path / "kit.xml").iter("testcase"))
    assert len(cases) == sum(len(titles) for _, _, titles in themes())
    assert re.search(r"by the log +\d{3}", done.stdout)  # of so many expiries it says how late they were


def test_a_bug_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin; `python -m tests.conformance.twins` shows it of all of them."""
    monkeypatch.setenv("WEB_PROCESSES", "1")
    monkeypatch.setenv("WORKER_PROCESSES", "1")
    scenario = "turns: what is revoked by hand keeps its turn"
    assert failures(BUGS["old_turn_lost_on_revoke"], scenario) == [scenario]


def promises(log: Log) -> None:
    log.promises(1, pulled())


def breaks_off(log: Log) -> None:
    log.promises(1, pulled())
    raise Inconclusive


def test_a_scenario_that_breaks_off_has_promised_nothing() -> None:
    """It is played again, and what becomes of the first attempt is nobody's concern."""
    server = Server("http://127.0.0.1:1")
    house = House(server, Agent(server, "admin", ""), Lateness(1), began_at="")
    with pytest.raises(Inconclusive):
        play(house, breaks_off, ("log",))
    assert house.promised == {}
    play(house, promises, ("log",))
    assert house.promised == {1: pulled()}


def test_nobody_waits_as_long_as_a_wrong_server_says() -> None:
    """An hour for what should expire in a second."""
    clock = Clock()
    now = time.monotonic()
    clock.note("2026-05-04T09:00:00.000000Z", Answer(200, {}, b"", httpx.Headers(), now, now))
    with pytest.raises(AssertionError, match="3600 s away"):
        clock.wait_past("2026-05-04T10:00:00.000000Z")
    clock.wait_past("2026-05-04T09:00:00.010000Z")
    assert clock.may_be_past("2026-05-04T09:00:00.010000Z", time.monotonic())


def test_the_floor_is_as_it_is_written() -> None:
    """If not: python -m tests.conformance.floor > tests/conformance/floor.yaml"""
    assert FLOOR.read_text() == floor.write()


def test_its_page_lists_every_scenario() -> None:
    """If not: the end of docs/conformance.md is what python -m tests.conformance.listing prints."""
    assert (ROOT / "docs" / "conformance.md").read_text().endswith(listing())


def test_its_page_says_of_each_bug_what_finds_it() -> None:
    page = (ROOT / "docs" / "conformance.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| .+: .+ \|$", page, re.M)
    assert rows == [(bug.name, bug.promise) for bug in BUGS.values()]


def is_foreign(arrow: Arrow) -> bool:
    of_the_kit = arrow.target.startswith("tests.conformance")
    return not of_the_kit and arrow.target.partition(".")[0] not in sys.stdlib_module_names | NEEDS


def foreign(root: Path) -> list[str]:
    found = arrows(root, "tests/conformance")
    return [str(arrow) for arrow in found if arrow.source not in OUTSIDE and is_foreign(arrow)]


def test_it_is_a_black_box() -> None:
    assert foreign(ROOT) == []


@pytest.mark.parametrize(
    "source", ["import django", "from tests.cast import admin", "def later():\n    import config.settings"]
)
def test_what_knows_our_code_is_found(tmp_path: Path, source: str) -> None:
    file = tmp_path / "tests" / "conformance" / "wrong.py"
    file.parent.mkdir(parents=True)
    file.write_text(source)
    assert len(foreign(tmp_path)) == 1
