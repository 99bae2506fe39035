"""Many are placed in a workbin by hand: asked for by their number, each a command of its own."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from interactions import lifecycle
from interactions.models import Interaction
from tests import cast
from tests.admin.stage import CORE, Floor, commits, enter, events_after, last_event, post, run_action
from tests.admin.test_bulk import ask, confirm
from workbins.models import Workbin

pytestmark = commits
ACTION = "place_in_workbin"


@pytest.fixture
def drafts(floor: Floor) -> Workbin:
    """Bob's."""
    return Workbin.objects.get(type__name="drafts", agent=floor.bob.agent_id)


def test_waiting_and_held_ones(floor: Floor, root: Client, drafts: Workbin) -> None:
    ids = floor.submit(3)
    floor.pull(floor.alice)
    before = last_event()

    asked = ask(root, ACTION, ids, select_across=1)
    question = asked.content.decode()
    assert "Place in workbin: 3 interactions" in question and "Of these 2 wait, 1 is held." in question
    assert "If an agent holds it, the hold ends" in question and events_after(before) == []
    page = confirm(root, asked, workbin=drafts.pk)

    assert "3 interactions placed in the workbin." in page
    assert set(Interaction.objects.values_list("queue", "state")) == {(drafts.queue_id, "queued")}
    taken = [("EventPlacedInQueue", None), ("EventPlacedInWorkbin", None)]
    assert sorted(events_after(before)) == sorted([("EventPartyRemoved", "Placed"), *(3 * taken)])
    logged = LogEntry.objects.filter(user__username="root")
    assert {entry.object_id for entry in logged} == {str(id) for id in ids}
    assert {entry.get_change_message() for entry in logged} == {"Place in workbin (workbin: drafts of bob)."}
    assert {row.id for row in lifecycle.pull(floor.bob, drafts.queue_id, 3).rows} == set(ids)


def test_one_from_its_page(floor: Floor, root: Client, drafts: Workbin) -> None:
    [id] = floor.submit()
    page = f"{CORE}/interaction/{id}"
    assert "To workbin" in root.get(f"{page}/change/").content.decode()
    assert "1 interaction placed" in post(
        root, f"{page}/place-in-workbin/", confirmed="yes", workbin=drafts.pk
    )
    assert Interaction.objects.get().queue_id == drafts.queue_id


def test_what_is_stopped_stays(floor: Floor, root: Client, drafts: Workbin) -> None:
    first, second = floor.submit(2)
    lifecycle.stop_processing(floor.gateway, first, None)
    page = run_action(root, "interaction", ACTION, [first, second], workbin=drafts.pk)
    assert "1 interaction placed in the workbin." in page
    assert f"1 interaction not placed in the workbin: The interaction is stopped. ({first})" in page


@pytest.mark.parametrize("workbin", ["", 0, "x"])
def test_it_must_be_a_workbin(floor: Floor, root: Client, workbin: Any) -> None:
    [id] = floor.submit()
    for other in (workbin, floor.other.pk):
        assert "Place in workbin: 1" in run_action(root, "interaction", ACTION, [id], workbin=other)
    assert Interaction.objects.get().queue == floor.queue


def test_a_workbin_is_found_by_a_part_of_a_name(floor: Floor, root: Client, drafts: Workbin) -> None:
    def found(term: str) -> list[str]:
        field = {"app_label": "workbins", "model_name": "subscription", "field_name": "workbin"}
        asked = field | {"term": term}
        return [each["text"] for each in root.get("/admin/autocomplete/", asked).json()["results"]]

    assert found("BO") == ["drafts of bob"]
    assert found("draft") == ["drafts of alice", "drafts of bob"]
    assert found("\0nobody") == []
    assert len(found("")) == Workbin.objects.count()


@pytest.mark.usefixtures("given")
def test_only_operators_do(floor: Floor, client: Client, drafts: Workbin) -> None:
    cast.agent("lena", floor.group.name, is_supervisor=True)
    lena = enter(client, "lena", "supervisor")
    [id] = floor.submit()
    run_action(lena, "interaction", ACTION, [id], workbin=drafts.pk)
    path = f"{CORE}/interaction/{id}/place-in-workbin/"
    assert lena.post(path, {"confirmed": "yes", "workbin": drafts.pk}).status_code == 403
    assert Interaction.objects.get().queue == floor.queue
