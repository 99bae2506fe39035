"""What is released has one version, in pyproject.toml and at the top of the changelog."""

import re
import tomllib

import pytest
from django.conf import settings

from tests.processes import manage

RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$", re.MULTILINE)


def disagreement(changelog: str, version: str) -> str | None:
    """Before the first release there is none to agree with."""
    if "\n## Unreleased\n" not in changelog:
        return "there is no chapter for what comes next"
    newest = next(iter(RELEASE.findall(changelog)), version)
    return (
        None
        if newest == version
        else f"{newest} is the newest in the changelog, and the version is {version}"
    )


def written() -> str:
    return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])


def test_changelog_and_version_agree() -> None:
    assert disagreement((settings.BASE_DIR / "CHANGELOG.md").read_text(), written()) is None


@pytest.mark.parametrize("asked", ["version", "--version"])
def test_who_asks_is_told_the_version(asked: str) -> None:
    assert manage(asked).stdout == f"Workbin {written()}\n"


def test_where_they_disagree_it_is_found() -> None:
    released = "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-12-01)\n\n## 0.1.0 (2026-11-28)\n"
    assert disagreement(released, "0.2.0") is None
    assert disagreement(released, "0.1.0") == "0.2.0 is the newest in the changelog, and the version is 0.1.0"
    assert disagreement("# Changelog\n", "0.1.0") == "there is no chapter for what comes next"
