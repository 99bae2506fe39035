"""Commands on interactions, parties and sessions: all through the life cycle."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from interactions import lifecycle, sessions
from interactions.callers import AdminCaller
from interactions.models import (
    Interaction,
    Party,
    Queue,
)
from reporting.models import Event
from tests.admin.stage import CORE, Floor, commits, events_after, last_event, post, run_action, state_of

pytestmark = pytest.mark.django_db


def test_an_action_asks_before_it_does_anything(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    asked = post(root, f"{CORE}/interaction/", action="stop", _selected_action=[id])
    assert "cannot be opened again" in asked
    assert state_of(id) == "queued"


@commits
def test_revoke(floor: Floor, root: Client) -> None:
    floor.submit(2)
    ids = [row.id for row in floor.pull(floor.alice, 2)]
    before = last_event()
    page = run_action(root, "interaction", "revoke", ids, reason="Alice is ill")
    assert "2 interactions revoked." in page
    assert [state_of(id) for id in ids] == ["queued", "queued"]
    assert events_after(before) == [("EventPartyRemoved", "Revoked"), ("EventRevoked", "Revoked")] * 2
    assert Event.objects.filter(event="EventRevoked", attributes__comment="Alice is ill").count() == 2


@commits
def test_place_in_queue(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    floor.pull(floor.alice)
    before = last_event()
    page = post(root, f"{CORE}/interaction/{id}/place/", confirmed="yes", queue=floor.other.pk)
    assert "1 interaction placed." in page
    row = Interaction.objects.get(pk=id)
    assert (row.queue, row.state) == (floor.other, "queued")
    assert events_after(before) == [("EventPartyRemoved", "Placed"), ("EventPlacedInQueue", None)]


def test_placing_needs_a_public_queue(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    private = Queue.objects.filter(is_private=True)[0]
    for queue in ("", private.pk, 0):
        page = run_action(root, "interaction", "place", [id], queue=queue)
        assert "Choose a queue" in page
    assert Interaction.objects.get(pk=id).queue == floor.queue


@commits
def test_stop(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    before = last_event()
    post(root, f"{CORE}/interaction/{id}/stop/", confirmed="yes", reason="spam")
    assert (state_of(id), Interaction.objects.get(pk=id).stop_reason) == ("stopped", "spam")
    assert events_after(before) == [("EventProcessingStopped", "spam")]


@commits
def test_what_is_refused_changes_nothing_and_says_why(floor: Floor, root: Client) -> None:
    waiting, stopped, held = floor.submit(3)
    lifecycle.stop_processing(floor.gateway, stopped, None)
    Interaction.objects.filter(pk=held).update(priority=9)
    floor.pull(floor.alice)
    before = last_event()
    page = run_action(root, "interaction", "revoke", [waiting, stopped, held])
    assert "1 interaction revoked." in page
    assert f"1 interaction not revoked: Nobody holds this interaction. ({waiting})" in page
    assert f"1 interaction not revoked: The interaction is stopped. ({stopped})" in page
    assert {event.interaction for event in Event.objects.filter(pk__gt=before)} == {held}
    assert [state_of(id) for id in (waiting, stopped, held)] == ["queued", "stopped", "queued"]


@commits
def test_revoke_of_a_party(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    [row] = floor.pull(floor.alice)
    assert "1 party revoked." in run_action(root, "party", "revoke", [row.hold.id])
    assert state_of(id) == "queued"


def test_a_party_that_ended_is_not_taken_for_the_next_one(floor: Floor, root: Client) -> None:
    floor.submit()
    [first] = floor.pull(floor.alice)
    sessions.log_out(floor.alice)
    [second] = floor.pull(floor.bob)
    page = run_action(root, "party", "revoke", [first.hold.id])
    assert f"1 party not revoked: This hold has ended already. ({first.hold.id})" in page
    assert Party.objects.get(pk=second.hold.id).ended_at is None


@commits
def test_end_session(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    floor.pull(floor.alice)
    before = last_event()
    assert "1 session ended." in run_action(root, "session", "end", [floor.alice.session])
    assert state_of(id) == "queued"
    ended = ["EventPartyRemoved", "EventAgentLogout"]
    assert [event for event, _ in events_after(before)] == ended
    again = run_action(root, "session", "end", [floor.alice.session])
    assert "1 session not ended: This session has ended already." in again
    assert [event for event, _ in events_after(before)] == ended


def test_open_parties_with_the_time_left(floor: Floor, root: Client) -> None:
    floor.submit(3)
    late, soon, ended = floor.pull(floor.alice, 3)
    Party.objects.filter(pk=late.hold.id).update(deadline_at=Now() - timedelta(seconds=5))
    Party.objects.filter(pk=soon.hold.id).update(deadline_at=Now() + timedelta(seconds=590))
    lifecycle.revoke(AdminCaller("root"), ended.id)
    page = root.get(f"{CORE}/party/").content.decode()
    left = re.search(r"\b9:[0-5]\d\b", page)
    assert left and page.index("overdue") < left.start()  # the most urgent first
    assert f'data-party="{ended.hold.id}"' not in page
    assert "Revoked" in root.get(f"{CORE}/party/?shown=ended").content.decode()
    ids = ",".join(str(row.hold.id) for row in (late, soon, ended))
    seconds = root.get(f"{CORE}/party/time-left/?ids={ids},x,").json()
    assert set(seconds) == {str(late.hold.id), str(soon.hold.id)}
    assert seconds[str(late.hold.id)] <= -5 and 540 < seconds[str(soon.hold.id)] < 591
