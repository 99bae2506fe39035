"""Hundreds at once: asked for by their number, each a command of its own, and both logs name who gave it."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interactions import lifecycle
from interactions.admin import commands
from interactions.callers import AdminCaller
from interactions.models import Interaction, Queue
from reporting.models import Event
from tests.admin.stage import CORE, Floor, commits, events_after, last_event, post, run_action, state_of

pytestmark = commits
LIST = f"{CORE}/interaction/"


def ask(root: Client, action: str, ids: list[int], path: str = LIST, **more: Any) -> Any:
    answer = root.post(path, {"action": action, "_selected_action": ids[:1], **more})
    assert answer.status_code == 200
    return answer


def confirm(root: Client, asked: Any, path: str = LIST, **answers: Any) -> str:
    """As the form of the question does."""
    ids = ",".join(map(str, asked.context["ids"]))
    given = {"action": asked.context["action"], "_selected_action": asked.context["ids"][0], "ids": ids}
    return post(root, path, **given, select_across=1, confirmed="yes", **answers)


def test_all_of_a_list_across_its_pages(floor: Floor, root: Client) -> None:
    ids = floor.submit(230)
    [other] = floor.submit(priority=9)
    lifecycle.place(AdminCaller("root"), other, None, floor.other)
    before = last_event()
    path = f"{LIST}?queue__id__exact={floor.queue.pk}"

    asked = ask(root, "stop", ids, path, select_across=1)
    assert "Stop: 230 interactions" in asked.content.decode()
    assert "All 230 wait." in asked.content.decode()
    assert all(state_of(id) == "queued" for id in ids)
    late = floor.submit(1)  # after the question: nobody was asked about it

    page = confirm(root, asked, path, reason="spam")

    assert "230 interactions stopped." in page
    assert Interaction.objects.filter(state="stopped").count() == 230
    assert [state_of(id) for id in (other, *late)] == ["queued", "queued"]
    stops = Event.objects.filter(pk__gt=before, event="EventProcessingStopped")
    assert stops.count() == 230
    assert {str(event.actor) for event in stops} == {str({"kind": "admin", "name": "root"})}
    logged = LogEntry.objects.filter(user__username="root")
    assert logged.count() == 230
    assert {entry.get_change_message() for entry in logged} == {"Stop (reason: spam)."}


def test_the_question_says_what_will_be_refused(floor: Floor, root: Client) -> None:
    ids = floor.submit(5)
    floor.pull(floor.alice, 2)
    lifecycle.stop_processing(floor.gateway, ids[-1], None)
    said = {
        action: root.post(LIST, {"action": action, "_selected_action": ids}).context["summary"]
        for action in ("revoke", "stop", "prioritise")
    }
    stopped = "1 is stopped already and cannot be"
    assert said == {
        "revoke": f"Of these 2 wait and cannot be revoked, 2 are held, {stopped} revoked.",
        "stop": f"Of these 2 wait, 2 are held, {stopped} stopped.",
        "prioritise": f"Of these 2 wait, 2 are held, {stopped} given the priority.",
    }


def test_no_more_than_one_order_can_carry(
    floor: Floor, root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "MOST", 3)
    ids = floor.submit(5)
    asked = ask(root, "stop", ids, select_across=1)
    assert "Stop: 3 interactions" in asked.content.decode()
    assert "The first of the list" in asked.content.decode()
    confirm(root, asked)
    assert [state_of(id) for id in sorted(ids)] == ["queued"] * 2 + ["stopped"] * 3


def test_what_was_stopped_meanwhile_is_counted_apart(floor: Floor, root: Client) -> None:
    first, second, third = floor.submit(3)
    asked = ask(root, "prioritise", [first, second, third], select_across=1)
    lifecycle.stop_processing(floor.gateway, second, None)
    before = last_event()

    page = confirm(root, asked, priority=7)

    assert "2 interactions given the priority." in page
    assert f"1 interaction not given the priority: The interaction is stopped. ({second})" in page
    assert sorted(Interaction.objects.values_list("priority", flat=True)) == [0, 7, 7]
    assert events_after(before) == [("EventPropertiesChanged", None)] * 2
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {str(first), str(third)}


def test_a_higher_priority_is_the_next_turn(floor: Floor, root: Client) -> None:
    *_, last = floor.submit(3)
    run_action(root, "interaction", "prioritise", [last], priority=1)
    assert [row.id for row in floor.pull(floor.alice)] == [last]


@pytest.mark.parametrize("priority", ["", "x", 2**31])
def test_a_priority_must_be_one(floor: Floor, root: Client, priority: Any) -> None:
    [id] = floor.submit()
    page = run_action(root, "interaction", "prioritise", [id], priority=priority)
    assert "Change priority: 1 interaction" in page
    assert Interaction.objects.get().priority == 0


def test_ids_of_nothing_are_answered(floor: Floor, root: Client) -> None:
    given = {"action": "stop", "_selected_action": 1, "select_across": 1, "confirmed": "yes"}
    page = post(root, LIST, **given, ids="99999999999,x,,-1")
    assert "1 interaction not stopped: There is no such thing" in page


def test_a_queue_is_paused_and_resumed(floor: Floor, root: Client) -> None:
    page = f"{CORE}/queue/{floor.queue.pk}"
    assert "Nothing can be pulled from it until it is resumed" in root.get(f"{page}/pause/").content.decode()
    assert not Queue.objects.get(pk=floor.queue.pk).is_paused
    assert "1 queue paused." in post(root, f"{page}/pause/", confirmed="yes")
    assert "1 queue not paused: It is paused already." in post(root, f"{page}/pause/", confirmed="yes")
    assert "1 queue resumed." in run_action(root, "queue", "resume", [floor.queue.pk])
    assert not Queue.objects.get(pk=floor.queue.pk).is_paused
    said = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert said == ["Pause.", "Resume."]


def test_the_log_names_who_did_what(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    run_action(root, "interaction", "stop", [id], reason="<i>spam</i>")
    page = root.get("/admin/admin/logentry/").content.decode()
    assert "Stop (reason: &lt;i&gt;spam&lt;/i&gt;)." in page and f"{CORE}/interaction/{id}/change/" in page
    assert "root" in page
    assert root.get(f"{CORE}/interaction/{id}/history/").status_code == 200


def test_queries_of_the_question_do_not_grow(floor: Floor, root: Client) -> None:
    def count(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(root, "revoke", ids, select_across=1)
        return len(queries)

    few = count(floor.submit(5))
    assert count(floor.submit(45)) == few
