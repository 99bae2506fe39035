"""The wheel is the whole product and nothing else: its `workbin` does in any folder what manage.py does."""

import configparser
import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config import version
from tests.processes import Up, alive, environment, until

APPS = ("config", "desk", "interactions", "reporting", "workbins", "workbin_client")
ROOT = settings.BASE_DIR


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy, since setuptools writes beside the sources."""
    pytest.importorskip("build", reason="`make dev-env` installs it")
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    files = subprocess.check_output(
        ["tar", "-c", "--exclude=__pycache__", *APPS, "pyproject.toml", "README.md", "LICENSE"], cwd=ROOT
    )
    subprocess.run(["tar", "-x"], input=files, cwd=source, check=True)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(source)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    [found] = built.glob("*.whl")
    return zipfile.ZipFile(found)


def product_files() -> set[str]:
    found = [file.relative_to(ROOT) for app in APPS for file in (ROOT / app).rglob("*") if file.is_file()]
    return {str(file) for file in found if "__pycache__" not in file.parts}


def test_it_has_every_file_of_the_product_and_no_other(wheel: zipfile.ZipFile) -> None:
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert inside == product_files()
    assert {
        "desk/words/en.json",
        "config/demo.mbox",
        "reporting/templates/reporting/dashboard/index.html",
    } <= inside
    assert [name for name in wheel.namelist() if name.endswith("licenses/LICENSE")]


@pytest.fixture(scope="module")
def workbin(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The command as pip would install it, in front of the libraries of this environment."""
    site = tmp_path_factory.mktemp("site")
    wheel.extractall(site)
    scripts = configparser.ConfigParser()
    [entry_points] = site.glob("*.dist-info/entry_points.txt")
    scripts.read(entry_points)
    module, _, function = scripts["console_scripts"]["workbin"].partition(":")
    script = site / "workbin"
    script.write_text(f"#!{sys.executable}\nfrom {module} import {function}\n{function}()\n")
    script.chmod(0o755)
    yield script


def installed_at(site: Path) -> dict[str, str]:
    """With its own settings: the tests are not there."""
    return {"PYTHONPATH": str(site), "DJANGO_SETTINGS_MODULE": "config.settings"}


def run(script: Path, where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = environment(**installed_at(script.parent))
    return subprocess.run(
        [script, *arguments], cwd=where, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as response:
        return str(response.read().decode())


def test_it_works_from_an_empty_directory_and_its_demo_has_all_its_pages(
    workbin: Path, tmp_path: Path
) -> None:
    checked = run(workbin, tmp_path, "check")
    assert (checked.returncode, checked.stdout) == (0, "System check identified no issues (0 silenced).\n")
    assert run(workbin, tmp_path, "--version").stdout == f"Workbin {version.found()}\n"
    assert list(tmp_path.iterdir()) == []

    migrated = run(workbin, tmp_path, "migrate")
    assert migrated.returncode == 0, migrated.stderr
    assert [file.name for file in tmp_path.iterdir()] == [".data"]
    assert not alive(tmp_path)

    running = Up(
        tmp_path / ".data", "--demo", command=[str(workbin)], cwd=tmp_path, **installed_at(workbin.parent)
    )
    try:
        url = running.until_ready()
        assert json.loads((ROOT / "desk/words/en.json").read_text())["starting"] in page(f"{url}/desk/")
        for path in (
            "admin/login/",
            "api/docs/",
            "static/desk/desk.js",
            "static/reporting/dashboard/charts.js",
        ):
            assert page(f"{url}/{path}")
        until(lambda: running.children("simulate"), what="the agents at work")
        traces = {os.readlink(f"/proc/{pid}/cwd") for pid in running.children("config.web")}
        assert traces == {str(workbin.parent)}  # nothing of it comes from the clone
    finally:
        running.interrupt()
        running.listener.join(10)
    until(lambda: not alive(tmp_path), 30, "the end of its children")
