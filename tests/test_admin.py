"""The admin looks and commands, and never edits state."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interactions import lifecycle, sessions
from interactions.callers import AdminCaller, AgentCaller, ServiceCaller
from interactions.credentials import digest
from interactions.lifecycle import Submission
from interactions.models import (
    Agent,
    AgentGroup,
    Interaction,
    MediaType,
    Party,
    Place,
    PlaceGroup,
    Queue,
    Service,
    Session,
)
from interactions.models.directory import Role
from reporting.models import Event
from workbins.models import Workbin, WorkbinType

pytestmark = pytest.mark.django_db
# A command is a transaction of its own and fails inside another, so these are not wrapped in one.
commits = pytest.mark.django_db(transaction=True)

CORE = "/admin/interactions"
LOOKED_AT = ["interactions/interaction", "interactions/party", "interactions/session", "reporting/event"]
ADMINISTERED = [
    "interactions/queue",
    "interactions/mediatype",
    "interactions/agent",
    "interactions/agentgroup",
    "interactions/place",
    "interactions/placegroup",
    "interactions/service",
    "workbins/workbintype",
    "auth/user",
]
LISTS = [*LOOKED_AT, "workbins/workbin", *ADMINISTERED]


# --- The cast -------------------------------------------------------------------------------------


@dataclass
class Floor:
    queue: Queue
    other: Queue
    media: MediaType
    group: AgentGroup
    gateway: ServiceCaller
    alice: AgentCaller
    bob: AgentCaller

    def submit(self, count: int = 1, **given: Any) -> list[int]:
        new = [Submission(location=self.queue, media_type=self.media, **given) for _ in range(count)]
        return [submitted.id for submitted in lifecycle.submit(self.gateway, new)]

    def pull(self, caller: AgentCaller, count: int = 1) -> list[Any]:
        return lifecycle.pull(caller, self.queue.name, count).rows


def make_agent(name: str, group: AgentGroup) -> Agent:
    agent = Agent.objects.create(user=User.objects.create_user(name, password=f"{name} knows"))
    agent.groups.add(group)
    return agent


def log_in(name: str) -> AgentCaller:
    return sessions.log_in(name, f"{name} knows", "desk").caller


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def floor() -> Floor:
    group = AgentGroup.objects.create(name="email-team")
    queue, other = (Queue.objects.create(name=name) for name in ("email", "leads"))
    queue.agent_groups.add(group)
    for name in ("alice", "bob"):
        make_agent(name, group)
    service = Service.objects.create(name="gateway", role=Role.MEDIA_SERVER)
    Place.objects.create(name="desk-17").groups.add(PlaceGroup.objects.create(name="floor-2"))
    WorkbinType.objects.create(name="drafts", owner_kind="agent")
    return Floor(
        queue,
        other,
        MediaType.objects.create(name="email"),
        group,
        ServiceCaller(service.pk, service.name, Role.MEDIA_SERVER),
        log_in("alice"),
        log_in("bob"),
    )


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", password="root knows"))
    return client


def post(client: Client, path: str, **data: Any) -> str:
    response = client.post(path, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def run_action(client: Client, model: str, action: str, ids: list[int], **answers: Any) -> str:
    data = {"action": action, "_selected_action": ids, "confirmed": "yes", **answers}
    return post(client, f"{CORE}/{model}/", **data)


def state_of(id: int) -> str:
    return Interaction.objects.get(pk=id).state


def events_after(last: int) -> list[tuple[str, str | None]]:
    events = Event.objects.filter(pk__gt=last).order_by("pk")
    assert all(event.actor == {"kind": "admin", "name": "root"} for event in events)
    return [(event.event, event.reason) for event in events]


def last_event() -> int:
    event = Event.objects.order_by("-pk").first()
    return event.pk if event else 0


# --- Who sees what --------------------------------------------------------------------------------


def all_pages(floor: Floor) -> list[str]:
    floor.submit(2, user_data={"subject": "Hello"})
    floor.pull(floor.alice)
    models = [Interaction, Party, Session, Event, Queue, MediaType, Agent, AgentGroup, Place, PlaceGroup]
    pages = ["/admin/", *(f"/admin/{name}/" for name in LISTS)]
    for model in [*models, Service, WorkbinType, Workbin, User]:
        row = model._default_manager.order_by("pk")[0]
        pages.append(f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/")
    id = Interaction.objects.order_by("pk")[0].pk
    pages += [f"{CORE}/interaction/{id}/{command}/" for command in ("revoke", "place", "stop")]
    pages += [f"/admin/{name}/add/" for name in ADMINISTERED]
    pages.append(f"{CORE}/service/{Service.objects.get().pk}/issue-token/")
    return pages


def test_a_superuser_sees_every_page(floor: Floor, root: Client) -> None:
    for page in all_pages(floor):
        assert root.get(page).status_code == 200, page


def test_others_see_none(floor: Floor, client: Client) -> None:
    pages = all_pages(floor)
    for page in pages:
        assert client.get(page).headers["Location"].startswith("/admin/login/"), page
    client.force_login(User.objects.get(username="alice"))
    for page in pages:
        assert client.get(page).headers["Location"].startswith("/admin/login/"), page
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    for page in pages[1:]:
        assert client.get(page).status_code == 403, page


def test_staff_who_may_view_see_and_command_nothing(floor: Floor, client: Client) -> None:
    [id] = floor.submit()
    floor.pull(floor.alice)
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_interaction"))
    client.force_login(clerk)
    assert client.get(f"{CORE}/interaction/").status_code == 200
    assert client.post(f"{CORE}/interaction/{id}/stop/", {"confirmed": "yes"}).status_code == 403
    assert "stop_circle" not in client.get(f"{CORE}/interaction/{id}/change/").content.decode()
    run_action(client, "interaction", "stop", [id])
    assert state_of(id) == "handling"


@pytest.mark.parametrize("name", [*LOOKED_AT, "workbins/workbin"])
def test_what_is_looked_at_cannot_be_edited(name: str, floor: Floor, root: Client) -> None:
    all_pages(floor)
    model = name.split("/")[1]
    row = {"interaction": Interaction, "party": Party, "session": Session, "event": Event, "workbin": Workbin}
    pk = row[model]._default_manager.order_by("pk")[0].pk
    for path in ("add", f"{pk}/change", f"{pk}/delete"):
        assert root.post(f"/admin/{name}/{path}/", {"state": "stopped"}).status_code == 403
    assert "delete_selected" not in root.get(f"/admin/{name}/").content.decode()


# --- Commands on interactions ---------------------------------------------------------------------


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


# --- Parties and sessions -------------------------------------------------------------------------


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
    Party.objects.filter(pk=soon.hold.id).update(deadline_at=Now() + timedelta(seconds=90.5))
    lifecycle.revoke(AdminCaller("root"), ended.id)
    page = root.get(f"{CORE}/party/").content.decode()
    assert page.index("overdue") < page.index("1:30")  # the most urgent first
    assert f'data-party="{ended.hold.id}"' not in page
    assert "Revoked" in root.get(f"{CORE}/party/?shown=ended").content.decode()
    ids = ",".join(str(row.hold.id) for row in (late, soon, ended))
    left = root.get(f"{CORE}/party/time-left/?ids={ids},x,").json()
    assert set(left) == {str(late.hold.id), str(soon.hold.id)}
    assert left[str(late.hold.id)] <= -5 and 80 < left[str(soon.hold.id)] < 91


# --- People and programs --------------------------------------------------------------------------


def test_an_agent_is_made_with_a_new_user(floor: Floor, root: Client) -> None:
    given = {"username": "carol", "password": "carol knows", "groups": [floor.group.pk]}
    post(root, f"{CORE}/agent/add/", **given)
    agent = Agent.objects.get(user__username="carol")
    assert list(agent.groups.all()) == [floor.group]
    assert Workbin.objects.filter(agent=agent).exists()
    assert log_in("carol").agent_id == agent.pk


def test_an_agent_is_made_of_a_user_who_exists(floor: Floor, root: Client) -> None:
    user = User.objects.create_user("dora", password="dora knows")
    post(root, f"{CORE}/agent/add/", user=user.pk)
    assert Agent.objects.get(user=user).employee_id is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "one of the two"),
        ({"username": "eve"}, "A new user needs a password."),
        ({"username": "alice", "password": "alice knows"}, "A user with that username already exists."),
        ({"username": "eve", "password": "123"}, "too short"),
        ({"username": "e/v e", "password": "eve knows more"}, "Enter a valid username."),
    ],
)
def test_a_wrong_new_agent_says_why(given: dict[str, str], why: str, floor: Floor, root: Client) -> None:
    assert why in post(root, f"{CORE}/agent/add/", **given)
    assert Agent.objects.count() == 2 and User.objects.count() == 3


@commits
def test_deactivate(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    floor.pull(floor.alice)
    run_action(root, "agent", "deactivate", [floor.alice.agent_id])
    assert not User.objects.get(username="alice").is_active
    assert not Session.objects.filter(agent=floor.alice.agent_id, ended_at=None).exists()
    assert state_of(id) == "queued"
    run_action(root, "agent", "activate", [floor.alice.agent_id])
    assert log_in("alice").agent_id == floor.alice.agent_id


@commits
def test_deactivating_the_user_ends_the_sessions_too(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    floor.pull(floor.alice)
    user = User.objects.get(username="alice")
    post(root, f"/admin/auth/user/{user.pk}/change/", username="alice")  # the switch is_active is off
    assert not User.objects.get(pk=user.pk).is_active
    assert not Session.objects.filter(agent=floor.alice.agent_id, ended_at=None).exists()
    assert state_of(id) == "queued"


def test_agents_and_their_users_are_not_deleted(floor: Floor, root: Client) -> None:
    agent = Agent.objects.get(user__username="alice")
    assert root.post(f"{CORE}/agent/{agent.pk}/delete/", {"post": "yes"}).status_code == 403
    page = post(root, f"/admin/auth/user/{agent.user_id}/delete/", post="yes")
    assert "Agents that refer to it" in page
    assert Agent.objects.filter(pk=agent.pk).exists()


def test_a_new_token_is_shown_once(floor: Floor, root: Client) -> None:
    service = Service.objects.get()
    path = f"{CORE}/service/{service.pk}/issue-token/"
    assert root.get(path).status_code == 200
    assert Service.objects.get().token_hash is None  # looking issues none
    answer = root.post(path)
    token = answer.context["token"]
    assert f">{token}<" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert bytes(Service.objects.get().token_hash or b"") == digest(token)
    assert token not in root.get(path).content.decode()


# --- Queues ---------------------------------------------------------------------------------------


def test_queues_pause_and_resume(floor: Floor, root: Client) -> None:
    for action, paused in (("pause", True), ("resume", False)):
        run_action(root, "queue", action, [floor.queue.pk])
        assert Queue.objects.get(pk=floor.queue.pk).is_paused is paused


def test_private_queues_are_not_edited(floor: Floor, root: Client) -> None:
    private = Queue.objects.filter(is_private=True)[0]
    assert private.name not in root.get(f"{CORE}/queue/").content.decode()
    assert root.get(f"{CORE}/queue/{private.pk}/change/").headers["Location"] == "/admin/"
    form = {"name": "x", "position": 0, "parking_queue": private.pk}
    assert "not one of the available choices" in post(root, f"{CORE}/queue/add/", **form)


def test_a_queue_with_interactions_is_not_deleted(floor: Floor, root: Client) -> None:
    floor.submit()
    assert "Interactions that refer to it" in post(root, f"{CORE}/queue/{floor.queue.pk}/delete/", post="yes")
    page = run_action(root, "queue", "delete_selected", [floor.queue.pk], post="yes")
    assert "Interactions that refer to it" in page
    assert Queue.objects.filter(pk=floor.queue.pk).exists()


# --- An interaction's page, search and filters ----------------------------------------------------


def test_an_interactions_page_tells_its_story(floor: Floor, root: Client) -> None:
    [id] = floor.submit(user_data={"subject": "<b>Hi</b>", "items": {"tier": "gold"}, "to": ["a@x", "b@x"]})
    floor.pull(floor.alice)
    page = root.get(f"{CORE}/interaction/{id}/change/").content.decode()
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page and "<b>Hi</b>" not in page
    assert "<dt>tier</dt><dd>gold</dd>" in page
    told = [page.index(f">{event.event}<") for event in Event.objects.filter(interaction=id).order_by("pk")]
    assert told == sorted(told) and len(told) == 4


@pytest.mark.parametrize("term", ["<m1@example.org>", "id"])
def test_search_finds_exactly(term: str, floor: Floor, root: Client) -> None:
    floor.submit(3)
    [id] = floor.submit(external_id="<m1@example.org>")
    found = root.get(f"{CORE}/interaction/", {"q": str(id) if term == "id" else term}).context["cl"]
    assert [row.pk for row in found.result_list] == [id]


@pytest.mark.parametrize(
    "path",
    [
        "interactions/interaction/?q=99999999999999999999&state__exact=queued&agent=alice&workbin=3",
        "interactions/interaction/?workbin=x&agent=%00",
        "interactions/party/?shown=ended&agent__id__exact=1",
        "interactions/session/?shown=all&place__id__exact=1&q=%D9%A3",
        "reporting/event/?event=EventRevoked&minutes=60&interaction=1&queue=q&agent=a&workbin=1&session=",
        "reporting/event/?minutes=x&interaction=99999999999999999999",
        "workbins/workbin/?q=alice&type__owner_kind__exact=agent",
    ],
)
def test_filters_take_anything(path: str, floor: Floor, root: Client) -> None:
    floor.submit()
    assert root.get(f"/admin/{path}", follow=True).status_code == 200


# --- Many rows ------------------------------------------------------------------------------------


def more_rows(floor: Floor, count: int) -> None:
    start = Interaction.objects.count()
    floor.submit(count)
    pulled = floor.pull(floor.alice, count)
    private = Queue.objects.filter(is_private=True)[0]
    lifecycle.place(floor.alice, pulled[0].id, pulled[0].hold.id, private)
    types = [WorkbinType(name=f"type-{start + number}", owner_kind="place") for number in range(count)]
    WorkbinType.objects.bulk_create(types)  # without a workbin for each place
    for number in range(start, start + count):
        agent = make_agent(f"agent-{number}", floor.group)
        sessions.log_in(agent.user.username, f"{agent.user.username} knows", "desk", "desk-17")
        queue = Queue.objects.create(name=f"queue-{number}")
        queue.agent_groups.add(floor.group)
        place = Place.objects.create(name=f"place-{number}")
        place.groups.add(PlaceGroup.objects.create(name=f"place-group-{number}"))
        MediaType.objects.create(name=f"media-{number}")
        AgentGroup.objects.create(name=f"group-{number}")
        Service.objects.create(name=f"service-{number}", role=Role.MEDIA_SERVER)


def test_queries_do_not_grow_with_rows(floor: Floor, root: Client) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert root.get(path).status_code == 200
        return len(queries)

    paths = [f"/admin/{name}/" for name in LISTS] + [f"{CORE}/party/?shown=all"]
    more_rows(floor, 3)
    few = {path: count(path) for path in paths}
    more_rows(floor, 27)
    assert {path: count(path) for path in paths} == few
    assert max(few.values()) <= 12, few
