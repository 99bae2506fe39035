"""Drawings read on a dark page as well: none has a colour that stays as it is by day."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks.kit.night import AT_NIGHT, add_night

DRAWINGS = sorted((Path(settings.BASE_DIR) / "docs" / "pictures").glob("*.svg"))
OF_BENCHMARKS = [path for path in DRAWINGS if path.name.startswith("bench-")]
COLOUR = re.compile(r"\b(?:fill|stroke): (#[0-9a-f]{6})\b(?=[;\"])")


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_each_is_drawn_for_both(path: Path) -> None:
    assert path.read_text().count("@media (prefers-color-scheme: dark)") == 1


@pytest.mark.parametrize("path", OF_BENCHMARKS, ids=lambda path: path.stem)
def test_every_colour_has_another_at_night(path: Path) -> None:
    used = set(COLOUR.findall(path.read_text()))
    assert used
    assert used <= set(AT_NIGHT)


def test_night_is_added_to_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "one.svg"
    path.write_text('<?xml version="1.0"?>\n<svg width="1">\n <path style="fill: #24292f"/>\n</svg>\n')
    add_night(path)
    head, style, shapes, end = path.read_text().splitlines()[1:]
    assert (head, end) == ('<svg width="1">', "</svg>")
    assert '[style*="fill: #24292f"] { fill: #e6edf3 !important }' in style
    assert 'style="fill: #24292f"' in shapes
