"""People, programs and queues are administered."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from interactions.credentials import digest
from interactions.models import (
    Agent,
    Interaction,
    Queue,
    Service,
    Session,
)
from tests.admin.stage import CORE, Floor, commits, log_in, post, run_action, state_of
from workbins.models import Workbin

pytestmark = pytest.mark.django_db


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


def test_a_queue_is_renamed_when_it_is_empty(floor: Floor, root: Client) -> None:
    page, form = f"{CORE}/queue/{floor.queue.pk}/change/", {"name": "post", "position": 0}
    [id] = floor.submit()
    assert "rename this one when it is empty" in post(root, page, **form)
    floor.pull(floor.alice)
    assert "rename this one when it is empty" in post(root, page, **form)
    Interaction.objects.filter(pk=id).update(queue=floor.other)

    post(root, page, **form)

    assert Queue.objects.get(pk=floor.queue.pk).name == "post"


@commits
def test_an_agent_is_renamed_who_is_not_at_work(floor: Floor, root: Client) -> None:
    user = User.objects.get(username="alice")
    page, form = f"/admin/auth/user/{user.pk}/change/", {"username": "alicia", "is_active": "on"}
    assert "End the sessions first" in post(root, page, **form)
    run_action(root, "agent", "deactivate", [floor.alice.agent_id])

    post(root, page, **form)

    assert User.objects.get(pk=user.pk).username == "alicia"
