"""Data flows one way, and so do the imports; state is changed in one place; the client stands alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import ROOT, Arrow, arrows, writers

APPS = ("config", "desk", "reporting", "workbins", "interactions")  # each may know those to its right
WIRING = {"config.urls", "config.settings"}  # name everything by strings, and are named by nobody

# Inside the core, from those who ask to those who know nothing; each may know its own layer and those below.
LAYERS = [
    {"api", "tasks", "admin", "reaper", "urls", "management", "mail", "apps", "templatetags"},
    {"sessions", "housekeeping", "idempotency", "restoring"},
    {"lifecycle"},
    {
        "announcements",
        "statements",
        "access",
        "lines",
        "timers",
        "queues",
        "finding",
        "credentials",
        "throttle",
        "lags",
    },
    {
        "mailbox",
        "commands",
        "rows",
        "callers",
        "horizon",
        "waking",
        "broker",
        "sql",
        "progress",
        "hints",
        "offering",
    },
    {"models", "signals", "errors", "instants", "spans"},
]


def app_of(module: str) -> str:
    return module.partition(".")[0]


def is_backwards(arrow: Arrow) -> bool:
    source, target = app_of(arrow.source), app_of(arrow.target)
    return source in APPS and target in APPS and APPS.index(source) > APPS.index(target)


def layer_of(module: str) -> int | None:
    _, part, *_ = [*module.split("."), ""]
    return next((number for number, layer in enumerate(LAYERS) if part in layer), None)


def is_uphill(arrow: Arrow) -> bool:
    if not (arrow.source.startswith("interactions.") and arrow.target.startswith("interactions.")):
        return False
    source, target = layer_of(arrow.source), layer_of(arrow.target)
    return source is not None and target is not None and source > target


CLIENT = "workbin_client"
OF_THE_CLIENT = sys.stdlib_module_names | {CLIENT, "httpx"}


def is_baggage(arrow: Arrow) -> bool:
    """The client imports what its users would have to install."""
    return app_of(arrow.source) == CLIENT and app_of(arrow.target) not in OF_THE_CLIENT


@pytest.fixture(scope="module")
def all_arrows() -> list[Arrow]:
    return arrows(ROOT, *APPS)


def test_no_app_knows_one_above_it(all_arrows: list[Arrow]) -> None:
    assert [str(arrow) for arrow in all_arrows if is_backwards(arrow)] == []


def test_nobody_knows_reporting(all_arrows: list[Arrow]) -> None:
    assert [
        str(arrow)
        for arrow in all_arrows
        if app_of(arrow.target) == "reporting" and app_of(arrow.source) not in ("reporting", "config")
    ] == []


def is_an_inside_line(arrow: Arrow) -> bool:
    """The desk is an application like any other: it knows the server by its API."""
    return app_of(arrow.source) == "desk" and app_of(arrow.target) in set(APPS) - {"desk"}


def test_the_desk_knows_nobody(all_arrows: list[Arrow]) -> None:
    assert "desk.views -> desk.words" in map(str, all_arrows)
    assert [str(arrow) for arrow in all_arrows if is_an_inside_line(arrow)] == []


def test_no_module_of_the_core_knows_one_above_it(all_arrows: list[Arrow]) -> None:
    assert [str(arrow) for arrow in all_arrows if is_uphill(arrow)] == []


def test_every_module_of_the_core_has_its_layer(all_arrows: list[Arrow]) -> None:
    """A new one must be put into one of them."""
    modules = {arrow.source for arrow in all_arrows if arrow.source.startswith("interactions.")}
    assert {module for module in modules if layer_of(module) is None} == set()


def test_the_core_imports_nothing_of_the_web_below_its_api(all_arrows: list[Arrow]) -> None:
    assert [
        str(arrow)
        for arrow in all_arrows
        if arrow.target.startswith("rest_framework") and (layer_of(arrow.source) or 0) > 0
    ] == []


def test_the_client_needs_httpx_alone() -> None:
    found = arrows(ROOT, CLIENT)
    assert "workbin_client.requests -> httpx" in map(str, found)
    assert [str(arrow) for arrow in found if is_baggage(arrow)] == []


MAY_WRITE = (
    "interactions.lifecycle",
    "interactions.statements",
    "interactions.sessions",
    "interactions.housekeeping",  # deletes what ended a day ago
)


def test_state_is_written_in_one_place() -> None:
    wrong = {
        module: what for module, what in writers(ROOT, *APPS).items() if not module.startswith(MAY_WRITE)
    }
    assert wrong == {}


READ = """
import sys
from django.core.checks import run_checks
from config.celery import app
app.loader.import_default_modules()
print(*sys.modules)
run_checks(tags=["admin"])
print(*sys.modules)
"""


def test_a_worker_reads_no_pages_and_the_checks_of_the_admin_do() -> None:
    told = subprocess.run([sys.executable, "-c", READ], cwd=ROOT, capture_output=True, text=True, check=True)
    worker, checks = map(set, map(str.split, told.stdout.splitlines()))
    assert "reporting.tasks" in worker
    assert not worker & {"config.urls", "interactions.admin", "rest_framework.views", "unfold.forms", "httpx"}
    assert checks >= {"interactions.admin", "workbins.admin", "reporting.admin"}


# --- The twins: what is wrong is found --------------------------------------------------------------


def made_up(tmp_path: Path, name: str, source: str) -> Path:
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(source)
    for app in APPS:
        (tmp_path / app).mkdir(exist_ok=True)
        (tmp_path / app / "models.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    "source",
    [
        "from reporting.models import Event",
        "import reporting.models",
        "def later():\n    from reporting import models",
    ],
)
def test_an_arrow_that_runs_back_is_found(tmp_path: Path, source: str) -> None:
    root = made_up(tmp_path, "interactions/statements/log.py", source)
    [arrow] = [arrow for arrow in arrows(root, *APPS) if is_backwards(arrow)]
    assert str(arrow) == "interactions.statements.log -> reporting.models"


def test_an_inside_line_is_found(tmp_path: Path) -> None:
    root = made_up(tmp_path, "desk/wrong.py", "from interactions.models import Queue")
    assert [str(arrow) for arrow in arrows(root, *APPS) if is_an_inside_line(arrow)] == [
        "desk.wrong -> interactions.models"
    ]


@pytest.mark.parametrize("source", ["from interactions import lifecycle", "from .. import lifecycle"])
def test_an_arrow_uphill_is_found(tmp_path: Path, source: str) -> None:
    root = made_up(tmp_path, "interactions/statements/log.py", source)
    (root / "interactions" / "lifecycle.py").touch()
    assert [str(arrow) for arrow in arrows(root, *APPS) if is_uphill(arrow)] == [
        "interactions.statements.log -> interactions.lifecycle"
    ]


@pytest.mark.parametrize(
    "source", ["import django.conf", "def later():\n    from interactions import errors"]
)
def test_baggage_is_found(tmp_path: Path, source: str) -> None:
    root = made_up(tmp_path, "workbin_client/wrong.py", source)
    assert len([arrow for arrow in arrows(root, CLIENT) if is_baggage(arrow)]) == 1


@pytest.mark.parametrize(
    "source",
    [
        "Interaction.objects.filter(pk=1).update(state='queued')",
        "Party.objects.create()",
        "run('''\n  update interactions_party SET ended_at = now()''')",
        "run(f'DELETE FROM interactions_interaction WHERE id = {id}')",
    ],
)
def test_a_writer_is_found(tmp_path: Path, source: str) -> None:
    root = made_up(tmp_path, "interactions/api/wrong.py", source)
    assert list(writers(root, *APPS)) == ["interactions.api.wrong"]
