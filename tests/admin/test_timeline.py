"""An interaction's life as a picture on its page."""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.test import Client

from interactions import lifecycle
from interactions.lifecycle import Changes
from reporting.admin import drawing
from reporting.admin.timeline import describe, write_length
from reporting.life import spans_of
from reporting.rows import Row, life
from tests.admin.stage import CORE, Floor, commits

pytestmark = commits

SVG = "{http://www.w3.org/2000/svg}"


def picture(root: Client, interaction: int) -> tuple[str, ET.Element]:
    page = root.get(f"{CORE}/interaction/{interaction}/change/").content.decode()
    [section] = re.findall(r'<section class="wb-history">.*?Life.*?</section>', page, re.DOTALL)
    [svg] = re.findall(r'<svg class="wb-life".*?</svg>\s*</div>', section, re.DOTALL)
    whole = svg.removesuffix("</div>").strip().replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return section, ET.fromstring(whole)


def classes(svg: ET.Element, name: str) -> int:
    return sum(name in (part.get("class") or "").split() for part in svg.iter())


@pytest.fixture
def placed(floor: Floor) -> int:
    """Waited, was changed in alice's hands, and was placed back."""
    [id] = floor.submit()
    [row] = floor.pull(floor.alice)
    lifecycle.change_properties(floor.alice, id, row.hold.id, Changes({}, {"priority": 3}))
    lifecycle.place(floor.alice, id, row.hold.id, None)
    return id


def test_bands_marks_and_words(floor: Floor, root: Client, placed: int) -> None:
    section, svg = picture(root, placed)
    assert classes(svg, "wb-band") == 3
    assert (classes(svg, "wb-waiting"), classes(svg, "wb-in_hands")) == (4, 2)  # in the strip as well
    assert (classes(svg, "wb-mark-placed"), classes(svg, "wb-mark-changed")) == (2, 1)
    assert svg.get("role") == "img"
    ids = {part.get("id") for part in svg.iter()}
    assert set((svg.get("aria-labelledby") or "").split()) <= ids
    titles = [title.text or "" for title in svg.iter(f"{SVG}title")]
    assert any("in the hands of alice, from email" in title for title in titles)
    assert "properties changed by alice (agent)" in titles
    assert "3 steps in words" in section
    assert "<script" not in section
    assert section.index("Life") < root.get(f"{CORE}/interaction/{placed}/change/").content.decode().index(
        "in the event log"
    )


def test_the_right_to_see_events(floor: Floor, client: Client, placed: int) -> None:
    from django.contrib.auth.models import Permission, User

    user = User.objects.create_user("clerk", password="clerk knows", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_interaction"))
    client.force_login(user)
    page = client.get(f"{CORE}/interaction/{placed}/change/")
    assert page.status_code == 200
    assert "wb-life" not in page.content.decode()


def many(floor: Floor, turns: int) -> list[Row]:
    """So many turns of waiting and handling, of very different lengths; every third is none at all."""
    [id] = floor.submit()
    [row] = floor.pull(floor.alice)
    lifecycle.place(floor.alice, id, row.hold.id, None)
    submitted, placed, taken, added, removed, *_ = life(id)
    at, events = submitted.at, [submitted, placed]
    for turn in range(turns):
        length = timedelta(seconds=0 if turn % 3 == 0 else 10 ** (turn % 7))
        begun, done = at + length, at + 2 * length
        events += [event._replace(at=begun, party=turn) for event in (taken, added)]
        events.append(removed._replace(at=done, party=turn, reason="Revoked"))
        events.append(removed._replace(at=done, party=turn, event="EventRevoked"))
        at = done
    return events


def test_two_hundred_steps(floor: Floor) -> None:
    events = many(floor, 100)
    spans = spans_of(events, events[-1].at)
    drawn = drawing.draw(spans, events)
    bands = [band for line in drawn.lines for band in line.bands]
    assert [band.span for band in bands] == spans
    assert max(len(line.bands) for line in drawn.lines) <= drawing.STEPS
    assert min(band.width for band in bands) > 1  # per cent: an instant is seen beside eleven days
    for line in drawn.lines:
        assert line.bands[0].x == 0
        assert line.bands[-1].x + line.bands[-1].width == pytest.approx(100)
    assert sum(mark.kind == "revoked" for line in drawn.lines for mark in line.marks) == 100
    assert sum(band.width for band in drawn.strip) == pytest.approx(100)


def test_more_than_anyone_looks_at(floor: Floor) -> None:
    events = many(floor, 300)
    shown = describe(events, spans_of(events, events[-1].at))
    assert (shown["steps"], shown["of"]) == (200, 601)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.25, "0.25 s"),
        (7.512, "7.5 s"),
        (90.9, "1 min 30 s"),
        (3661, "1 h 1 min"),
        (7200, "2 h"),
        (100_000, "1 d 3 h"),
        (86_400, "1 d"),
    ],
)
def test_lengths(seconds: float, words: str) -> None:
    assert write_length(seconds) == words
