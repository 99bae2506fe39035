"""Pull by id from a workbin: all or nothing."""

from collections.abc import Callable

import pytest

from interactions.models import Agent
from tests import cast
from tests.applications import Desk, Json, Log, Reply

pytestmark = pytest.mark.django_db(transaction=True)


def ids(pulled: list[Json]) -> list[int]:
    return [one["id"] for one in pulled]


@pytest.fixture
def drafts(alice: Desk) -> int:
    return cast.drafts_of("alice")


def pull_these(desk: Desk, workbin: int, *wanted: int) -> Reply:
    return desk.post(f"workbins/{workbin}/pull", interactions=list(wanted))


def test_by_id_in_any_order(alice: Desk, drafts: int) -> None:
    first, second, third = cast.fill(3, drafts)
    pulled = pull_these(alice, drafts, third, first).ok()["interactions"]
    assert ids(pulled) == [first, third]
    assert ids(alice.post(f"workbins/{drafts}/pull", count=5).ok()["interactions"]) == [second]


def scene_held(alice: Desk, lena: Desk, drafts: int) -> int:
    [one] = cast.fill(1, drafts)
    pull_these(lena, drafts, one).ok()
    return one


def scene_held_by_you(alice: Desk, lena: Desk, drafts: int) -> int:
    [one] = cast.fill(1, drafts)
    pull_these(alice, drafts, one).ok()
    return one


def scene_elsewhere(alice: Desk, lena: Desk, drafts: int) -> int:
    return cast.fill(1)[0]


def scene_stopped(alice: Desk, lena: Desk, drafts: int) -> int:
    [one] = cast.fill(1, drafts)
    lena.stop(one).ok()
    return one


@pytest.mark.parametrize("scene", [scene_held, scene_held_by_you, scene_elsewhere, scene_stopped])
def test_all_or_nothing(
    alice: Desk, lena: Desk, log: Log, drafts: int, scene: Callable[[Desk, Desk, int], int]
) -> None:
    why = scene.__name__.removeprefix("scene_")
    [free] = cast.fill(1, drafts)
    taken = scene(alice, lena, drafts)
    log.skip()
    refused = pull_these(alice, drafts, free, taken).refused(409, "not_available")
    assert refused["interactions"] == [{"id": taken, "why": why}]
    assert log.new() == []
    pull_these(alice, drafts, free).ok()


def test_by_id_one_must_be_visible(alice: Desk, drafts: int) -> None:
    cast.queue("sales", "sales-team")
    [free], [foreign] = cast.fill(1, drafts), cast.fill(1, "sales")
    pull_these(alice, drafts, free, foreign).refused(404, "not_found")
    pull_these(alice, drafts, free, 999_999).refused(404, "not_found")
    assert alice.parties() == []


def test_by_id_all_must_fit(alice: Desk, drafts: int) -> None:
    waiting = cast.fill(2, drafts)
    Agent.objects.update(capacity=1)
    pull_these(alice, drafts, *waiting).refused(409, "capacity_reached")
    assert alice.parties() == []


def test_by_id_capacity_goes_before_availability(alice: Desk, lena: Desk, drafts: int) -> None:
    waiting = [scene_stopped(alice, lena, drafts), *cast.fill(1, drafts)]
    Agent.objects.update(capacity=1)
    pull_these(alice, drafts, *waiting).refused(409, "capacity_reached")
    Agent.objects.update(capacity=2)
    pull_these(alice, drafts, *waiting).refused(409, "not_available")  # the twin


@pytest.mark.parametrize(
    "body", [{}, {"count": 1, "interactions": [1]}, {"interactions": []}, {"interactions": [1, 1]}]
)
def test_ids_or_a_count(alice: Desk, drafts: int, body: Json) -> None:
    alice.send("POST", f"workbins/{drafts}/pull", body).refused(400, "invalid")
