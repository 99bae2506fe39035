"""The site is built, every page is in it, and a link that leads nowhere is found."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import ROOT, pages

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def build(where: Path) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("zensical", reason="`make docs-env` installs it")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    return tmp_path


def test_the_site_has_every_page(source: Path) -> None:
    built = build(source)
    assert built.returncode == 0, built.stdout + built.stderr
    home = (source / "site" / "index.html").read_text()
    expected = {str(page.relative_to(source / "docs").with_suffix(".html")) for page in pages(source)}
    assert expected - set(re.findall(r'href="(?:\./)?([^"]+)"', home)) == set()
    assert "fonts.googleapis" not in home


def test_its_logo_is_the_products() -> None:
    icon = ROOT / "interactions" / "static" / "interactions" / "icon.svg"
    assert (ROOT / "docs" / "logo.svg").read_bytes() == icon.read_bytes()


@pytest.mark.parametrize("link", ["[a](nowhere.md)", "[a](api.md#nowhere)"])
def test_a_link_to_nowhere_is_found(source: Path, link: str) -> None:
    with (source / "docs" / "index.md").open("a") as page:
        page.write(f"\n{link}\n")
    built = build(source)
    assert built.returncode == 1
    assert "does not exist" in built.stdout + built.stderr


def dead_links(page: Path) -> list[str]:
    """Of the pages that are not in the site too, as they are read in the repository."""
    return [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_between_files_lead_to_files(page: Path) -> None:
    assert dead_links(page) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[one](page.md#x) [two](nowhere.md) [three](https://example.org) [four](#x)")
    assert dead_links(page) == ["nowhere.md"]
